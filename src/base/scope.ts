/** Whose resource, and where: part of every resource's key. */
export interface Scope {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** AWS's name of the partition that a region belongs to. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

/** `arn:aws:sns:eu-west-1:111122223333:security` from its parts. */
export const arnOf = (service: string, scope: Scope, resource: string): string =>
  `arn:${partitionOf(scope.region)}:${service}:${scope.region}:${scope.account}:${resource}`;

export interface Arn extends Scope {
  readonly partition: string;
  readonly service: string;
  readonly resource: string;
}

/** The parts of an ARN, or undefined when `text` is none. The resource keeps its own colons. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, account, ...rest] = text.split(':');
  if (prefix !== 'arn' || !partition || !service || region === undefined || account === undefined) return undefined;
  if (rest.length === 0 || rest[0] === '') return undefined;
  return { partition, service, region, account, resource: rest.join(':') };
}
