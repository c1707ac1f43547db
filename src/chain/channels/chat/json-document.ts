import type { ChatFormat } from './chat-format.ts';
import { TEMPLATE_ATTRIBUTE } from './chat-kind.ts';
import type { Story } from './story.ts';
import { fillTemplate } from './template.ts';

/** Plain JSON, for programs that want neither SNS's document nor a chat's: ours, or by the subscription's template. */
export const jsonFormat: ChatFormat = {
  name: 'the receiver',
  write(story) {
    const document = jsonDocument(story);
    const template = story.outgoing.subscription.attributes[TEMPLATE_ATTRIBUTE];
    return template === undefined ? document : (fillTemplate(JSON.parse(template), document) as object);
  },
};

/** What of a story the document needs. */
type Told = Omit<Story, 'facts' | 'outgoing'> & {
  readonly outgoing: {
    readonly deliveryId: string;
    readonly message: { readonly id: string; readonly subject: string | undefined };
    readonly topic: { readonly arn: string };
  };
};

/** Everything that a story tells; every member is always there, so that templates find it. */
export function jsonDocument(told: Told) {
  const { kind, tone, headline, notice, sessions, lines, text, links, outgoing, at } = told;
  const address = (name: string): string => links.find((link) => link.text === name)?.url ?? '';
  return {
    kind,
    headline,
    severity: notice?.severity || tone,
    at,
    topic: outgoing.topic.arn,
    subject: outgoing.message.subject ?? '',
    text: notice ? '' : text,
    messageId: outgoing.message.id,
    deliveryId: outgoing.deliveryId,
    ring: { id: notice?.ringId ?? '', kind: notice?.ringKind ?? '' },
    alarm: {
      name: notice?.alarm ?? '',
      arn: notice?.alarmArn ?? '',
      description: notice?.description ?? '',
      meaning: notice?.meaning ?? '',
      account: notice?.account ?? '',
      region: notice?.region ?? '',
      oldState: notice?.oldState ?? '',
      newState: notice?.newState ?? '',
      since: notice?.time ?? '',
      reason: notice?.reason ?? '',
    },
    sessionTotal: notice?.sessionTotal ?? 0,
    sessions: notice?.sessions ?? sessions,
    total: notice?.total ?? 0,
    events: notice?.events ?? [],
    lines,
    links: {
      runbook: address('What to do'),
      acknowledge: address('Acknowledge'),
      ring: address('Details'),
      confirm: address('Confirm subscription') || address('Restore subscription'),
    },
  };
}

/** The document of a message that says nothing: its members are those that every document has. */
export const blankDocument = (): object =>
  jsonDocument({
    kind: 'message',
    tone: 'info',
    headline: '',
    sessions: [],
    lines: [],
    text: '',
    links: [],
    notice: undefined,
    at: '',
    outgoing: { deliveryId: '', message: { id: '', subject: undefined }, topic: { arn: '' } },
  });
