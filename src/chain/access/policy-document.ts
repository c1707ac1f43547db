export type Statement = Readonly<Record<string, unknown>>;

/** A policy of a resource, as far as all of them are alike. */
export interface PolicyDocument {
  readonly [member: string]: unknown;
  readonly Statement: readonly Statement[];
}

const MOST_STATEMENTS = 100;

/**
 * Reads the policy of a topic or a queue.
 * @throws Error that says what is wrong with it, in the words of SNS
 */
export function readPolicyDocument(text: string): PolicyDocument {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error('Error: null');
  }
  if (!isObject(document)) throw new Error('Error: null');
  const { Version = '2008-10-17', Statement } = document;
  if (Version !== '2008-10-17' && Version !== '2012-10-17') throw new Error('Unsupported policy Version');
  const statements = Array.isArray(Statement) ? (Statement as unknown[]) : [Statement];
  if (statements.length > MOST_STATEMENTS) throw new Error('Too many statements');
  return { ...document, Statement: statements.map(checkedStatement) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkedStatement(statement: unknown): Statement {
  if (!isObject(statement)) throw new Error('Statement must be an object');
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw new Error('Statement Effect is invalid');
  for (const [member, opposite] of [
    ['Principal', 'NotPrincipal'],
    ['Action', 'NotAction'],
  ] as const) {
    if (statement[member] === undefined && statement[opposite] === undefined) {
      throw new Error(`Statement must have ${member}`);
    }
  }
  return statement;
}
