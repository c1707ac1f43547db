/** Addresses that receivers of messages are given. */
export interface Links {
  /** AWS's own link, for programs: opening it confirms. */
  subscribe(topicArn: string, token: string): string;
  /** AWS's own link, for programs: opening it unsubscribes. */
  unsubscribe(subscriptionArn: string): string;
  /** Where the certificate of our signatures is. */
  certificate(path: string): string;
  /** A page for people: it confirms on a click, not on a visit, because mail scanners visit every link. */
  confirmPage(token: string): string;
  /** The same for leaving. */
  unsubscribePage(subscriptionId: string): string;
  /** The page of a ring in the console: who did what, and who was told. */
  ring(ringId: string): string;
  /** A page for people who take a ring on themselves, by a click; undefined where rings cannot be acknowledged. */
  acknowledge(ringId: string): string | undefined;
}

/** Makes the path, with its query, of the page on which a ring is acknowledged. */
export type AcknowledgePath = (ringId: string) => string;

export const CONFIRM_PAGE = '/subscriptions/confirm';
export const UNSUBSCRIBE_PAGE = '/subscriptions/unsubscribe';

/** @param publicUrl gives the base under which receivers reach this engine, asked anew for every link */
export function linksUnder(publicUrl: () => string, acknowledgePath?: AcknowledgePath): Links {
  const under = (path: string): string => publicUrl().replace(/\/+$/, '') + path;
  return {
    // Topic ARNs are written as they are, as AWS does: none of their characters needs an escape.
    subscribe: (topicArn, token) => under(`/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`),
    unsubscribe: (arn) => under(`/?Action=Unsubscribe&SubscriptionArn=${arn}`),
    certificate: under,
    confirmPage: (token) => under(`${CONFIRM_PAGE}?token=${token}`),
    unsubscribePage: (id) => under(`${UNSUBSCRIBE_PAGE}?subscription=${id}`),
    ring: (ringId) => under(`/console/rings/${encodeURIComponent(ringId)}`),
    acknowledge: (ringId) => acknowledgePath && under(acknowledgePath(ringId)),
  };
}
