/** The region in the host of an AWS queue; undefined for any other. */
export const regionOf = (url: string): string | undefined =>
  /^(?:sqs|queue)\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(new URL(url).hostname)?.[1] ??
  /^([a-z0-9-]+)\.queue\.amazonaws\.com$/.exec(new URL(url).hostname)?.[1];

/** `https://sqs.eu-west-1.amazonaws.com/111122223333/name` → its ARN; what the URL does not tell is `*`. */
export function queueArn(url: string, region = regionOf(url) ?? '*', partition = 'aws'): string {
  const [, account = '*', name = '*'] = /\/(\d{12})\/([^/]+)$/.exec(new URL(url).pathname) ?? [];
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}
