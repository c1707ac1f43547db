import type { Random } from '../../tools/archive/random.ts';

const PATHS = [
  '$.eventName',
  '$.eventName',
  '$.userIdentity.type',
  '$.userIdentity.type',
  '$.userIdentity.invokedBy',
  '$.userIdentity',
  '$.userIdentity.sessionContext.sessionIssuer.type',
  '$.userIdentity.sessionContext.attributes.mfaAuthenticated',
  '$.errorCode',
  '$.eventSource',
  '$.eventType',
  '$.type',
  '$.id',
  '$.a.b.c',
  '$.a',
  '$.readOnly',
  '$.additionalEventData.MFAUsed',
  '$.additionalEventData.bytes',
  '$.requestParameters.userIdentity.type',
  '$.requestParameters.list[0].eventName',
  '$.requestParameters.list[1]',
  '$.resources[0].type',
  '$.resources[*].type',
  '$.userIdentity.*',
  "$.['a/b']",
  '$.detail.eventName',
  '$.__proto__.type',
];

const VALUES = [
  '"Root"',
  'Root',
  '"IAMUser"',
  '"ConsoleLogin"',
  '"Console*"',
  '"*Login"',
  '"*o*"',
  '*',
  '"AccessDenied*"',
  '"*UnauthorizedOperation"',
  '"s3.amazonaws.com"',
  '"Yes"',
  '""',
  '"404"',
  '404',
  '1',
  '1.0',
  '"é–ü"',
  '"x\\"y"',
  '%Log.n%',
  '"AwsServiceEvent"',
];

function condition(random: Random): string {
  const path = random.pick(PATHS);
  switch (random.below(12)) {
    case 0:
      return `${path} NOT EXISTS`;
    case 1:
      return `${path} IS ${random.pick(['TRUE', 'FALSE', 'NULL'])}`;
    case 2:
      return `${path} ${random.pick(['>', '>=', '<', '<='])} ${random.pick(['1', '404', '0', '99.5'])}`;
    case 3:
    case 4:
      return `${path} != ${random.pick(VALUES)}`;
    default:
      return `${path} = ${random.pick(VALUES)}`;
  }
}

function combination(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.3)) return `(${condition(random)})`;
  const joiner = random.pick([' && ', ' || ']);
  const sides = Array.from({ length: 2 + random.below(3) }, () => combination(random, depth - 1));
  return `(${sides.join(joiner)})`;
}

/** A filter pattern, mostly JSON; not every one is valid. */
function randomPattern(random: Random): string {
  if (random.chance(0.05))
    return random.pick(['', 'Root', '"StopLogging" -IAMUser', '?Root ?Console', '[a, b = *Root*, ...]', '%Con.ole%']);
  return `{ ${combination(random, random.below(3))} }`;
}

/** A set of valid patterns, of any number. */
export function randomPatterns(random: Random, isValid: (pattern: string) => boolean): string[] {
  const patterns: string[] = [];
  for (let count = 1 + random.below(random.chance(0.15) ? 90 : 12); count > 0; count -= 1) {
    const pattern = randomPattern(random);
    if (isValid(pattern)) patterns.push(pattern);
  }
  return patterns;
}
