/** The part of a query that PagerDuty's key is in; PagerDuty itself wants it in the message. */
export const ROUTING_KEY = 'routing_key';

/** The integration key in an address such as `https://events.pagerduty.com/v2/enqueue?routing_key=…`. */
export function routingKeyOf(endpoint: string): string {
  const key = URL.canParse(endpoint) ? (new URL(endpoint).searchParams.get(ROUTING_KEY) ?? '') : '';
  if (/^[A-Za-z0-9]{32}$/.test(key)) return key;
  throw new Error(
    'PagerDuty needs its integration key, 32 letters and digits, at the end: …/v2/enqueue?routing_key=KEY',
  );
}
