interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Condition?: unknown;
}

/** What CloudWatch needs of a topic's key, from AWS's guide to encrypted topics. */
const NEEDED = ['kms:Decrypt', 'kms:GenerateDataKey'];
const MOST_STATEMENTS = 1_000;

/**
 * Whether a key's policy lets CloudWatch's alarms in `account` use the key. Undefined where the
 * policy hangs on a condition that cannot be decided from outside.
 */
export function keyPolicyLetsCloudWatch(policy: string, account: string): boolean | undefined {
  let document: { Statement?: unknown };
  try {
    document = JSON.parse(policy) as { Statement?: unknown };
  } catch {
    return undefined;
  }
  const statements = listOf(document?.Statement).slice(0, MOST_STATEMENTS) as Statement[];
  const verdicts = NEEDED.map((action) => letsUse(statements, action, account));
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

function letsUse(statements: readonly Statement[], action: string, account: string): boolean | undefined {
  let allowed: boolean | undefined = false;
  for (const statement of statements) {
    if (typeof statement !== 'object' || statement === null) continue;
    if (!isForCloudWatch(statement.Principal) || !covers(statement, action)) continue;
    const applies = conditionsHold(statement.Condition, account);
    if (statement.Effect === 'Deny') {
      if (applies === true) return false;
      if (applies === undefined) allowed = undefined;
    } else if (statement.Effect === 'Allow' && allowed !== true) {
      if (applies === true) allowed = true;
      else if (applies === undefined) allowed = undefined;
    }
  }
  return allowed;
}

function isForCloudWatch(principal: unknown): boolean {
  if (principal === '*') return true;
  if (typeof principal !== 'object' || principal === null) return false;
  const { Service, AWS } = principal as { Service?: unknown; AWS?: unknown };
  return listOf(Service).includes('cloudwatch.amazonaws.com') || listOf(AWS).includes('*');
}

function covers({ Action, NotAction }: Statement, action: string): boolean {
  if (NotAction !== undefined) return !listOf(NotAction).some((form) => fits(form, action));
  return listOf(Action).some((form) => fits(form, action));
}

/** `kms:GenerateDataKey*` covers `kms:GenerateDataKey`; case does not count in actions. */
function fits(form: unknown, action: string): boolean {
  if (typeof form !== 'string') return false;
  const wanted = form.toLowerCase();
  if (!wanted.includes('*')) return wanted === action.toLowerCase();
  const [start = ''] = wanted.split('*', 1);
  return wanted === `${start}*` && action.toLowerCase().startsWith(start);
}

/** Conditions that CloudWatch's own calls satisfy: the source account, and alarms as the source. */
function conditionsHold(condition: unknown, account: string): boolean | undefined {
  if (condition === undefined) return true;
  if (typeof condition !== 'object' || condition === null) return undefined;
  for (const [operator, keys] of Object.entries(condition)) {
    for (const [key, value] of Object.entries((keys ?? {}) as Record<string, unknown>)) {
      const holds = conditionHolds(operator.toLowerCase(), key.toLowerCase(), listOf(value), account);
      if (holds !== true) return holds;
    }
  }
  return true;
}

function conditionHolds(operator: string, key: string, values: unknown[], account: string): boolean | undefined {
  if (key === 'aws:sourceaccount' && /^string(equals|like)$/.test(operator)) {
    return values.some((value) => value === account || value === '*');
  }
  if (key === 'aws:sourcearn' && /^(arn|string)(like|equals)$/.test(operator)) {
    const isEveryAlarm = (value: unknown): boolean => {
      const parts = typeof value === 'string' ? value.split(':') : [];
      return (
        parts[2] === 'cloudwatch' &&
        (parts[4] === account || parts[4] === '*') &&
        value === `${parts.slice(0, 5).join(':')}:alarm:*`
      );
    };
    // One alarm's name may be in it or not: only the judge's own alarm would tell.
    return values.some(isEveryAlarm) ? true : undefined;
  }
  return undefined;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
