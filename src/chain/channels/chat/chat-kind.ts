/** What a webhook is sent: the format of a service that people read, or JSON by a template. */
export const CHAT_KINDS = ['slack', 'teams', 'google-chat', 'discord', 'pagerduty', 'json'] as const;
export type ChatKind = (typeof CHAT_KINDS)[number];

/** The tag on a topic that says what its http and https subscriptions are sent. */
export const CHANNEL_TAG = 'trailbell:channel';
/** As a value of the tag: SNS's own document, whatever the address. */
export const PLAIN = 'sns';

/** Members of a stored subscription that only our own API sets. */
export const CHANNEL_ATTRIBUTE = 'TrailbellChannel';
export const TEMPLATE_ATTRIBUTE = 'TrailbellTemplate';

interface Way {
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const isKind = (text: string | undefined): text is ChatKind => CHAT_KINDS.some((kind) => kind === text);

/**
 * The format that a subscription wants: what our own API was told, else what its address shows, else the
 * topic's tag; undefined for a program that speaks SNS.
 */
export function chatKindOf(
  { protocol, endpoint, attributes }: Way,
  topicTags: Readonly<Record<string, string>>,
): ChatKind | undefined {
  if (protocol !== 'http' && protocol !== 'https') return undefined;
  const chosen = attributes[CHANNEL_ATTRIBUTE];
  if (isKind(chosen)) return chosen;
  const wish = topicTags[CHANNEL_TAG];
  if (wish === PLAIN) return undefined;
  return recognisedKind(endpoint) ?? (isKind(wish) ? wish : undefined);
}

/** What a topic's tag asks for that nobody knows, in a sentence. */
export function channelTagProblem(topicTags: Readonly<Record<string, string>>): string | undefined {
  const wish = topicTags[CHANNEL_TAG];
  if (wish === undefined || wish === PLAIN || isKind(wish)) return undefined;
  return `the topic's tag ${CHANNEL_TAG}=${wish} is ignored: one of ${[...CHAT_KINDS, PLAIN].join(', ')} is wanted`;
}

/** The service whose incoming webhooks have addresses like this one. Only https: these addresses are secrets. */
export function recognisedKind(endpoint: string): ChatKind | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== 'https:') return undefined;
  const { hostname: host, pathname: path } = url;
  const within = (domain: string): boolean => host.endsWith(`.${domain}`);
  if (host === 'hooks.slack.com' || host === 'hooks.slack-gov.com') {
    // Workflow triggers take variables of their own, not messages.
    return path.startsWith('/services/') ? 'slack' : undefined;
  }
  if (within('webhook.office.com') || within('logic.azure.com') || within('powerplatform.com')) return 'teams';
  if (host === 'chat.googleapis.com') return /^\/v1\/spaces\/[^/]+\/messages$/.test(path) ? 'google-chat' : undefined;
  if (/^((ptb|canary)\.)?discord(app)?\.com$/.test(host)) {
    return /^\/api(\/v\d+)?\/webhooks\/\d+\/[\w-]+$/.test(path) ? 'discord' : undefined;
  }
  // Addresses under /integration/ speak SNS by themselves, and answer its handshake.
  const pager = host === 'events.pagerduty.com' || host === 'events.eu.pagerduty.com';
  return pager && path === '/v2/enqueue' ? 'pagerduty' : undefined;
}
