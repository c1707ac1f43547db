import type { Links } from './links.ts';
import type { Notice } from './notice.ts';

export interface NoticeLink {
  readonly text: string;
  /** http or https, and nothing that could end a link in any of the formats. */
  readonly url: string;
}

/** Where an alarm leads its readers: what to do about it, who takes it on, and the whole of it. */
export function noticeLinks(notice: Notice, links: Links): NoticeLink[] {
  const { ringId, runbook, newState } = notice;
  const acknowledge = ringId === '' || newState === 'OK' ? undefined : links.acknowledge(ringId);
  return safeLinks([
    { text: 'What to do', url: runbook },
    ...(acknowledge === undefined ? [] : [{ text: 'Acknowledge', url: acknowledge }]),
    ...(ringId === '' ? [] : [{ text: 'Details', url: links.ring(ringId) }]),
  ]);
}

/** Only web addresses, without credentials, and without what ends a link in Slack's markup or in Markdown. */
export function safeLinks(links: readonly NoticeLink[]): NoticeLink[] {
  return links.flatMap(({ text, url }) => {
    if (!URL.canParse(url)) return [];
    const { protocol, origin, pathname, search, hash } = new URL(url);
    if (protocol !== 'http:' && protocol !== 'https:') return [];
    const rest = `${pathname}${search}${hash}`.replace(/[^\w/?#&=%.:;,+@~-]/g, encodeURIComponent);
    return [{ text, url: `${origin}${rest.replace(/[()*'!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}` }];
  });
}
