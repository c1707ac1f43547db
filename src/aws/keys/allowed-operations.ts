import { Refusal } from '../../base/refusal.ts';
import { SERVICES } from '../wire/services.ts';

/** What the engine's own API calls sending records to it. */
export const INGEST_OPERATION = 'trailbell:Ingest';

/**
 * The operations a key may be limited to, sorted and without repeats: `logs:PutLogEvents`, `logs:*`
 * for all of a service, `trailbell:Ingest` for the own door. Refuses what no service has, so that a
 * misspelt limit is noticed when the key is made and not when it is needed.
 */
export function checkedOperations(operations: readonly string[]): string[] {
  for (const operation of operations) {
    if (isKnown(operation)) continue;
    throw new Refusal('ValidationException', `There is no operation ${operation}${suggestion(operation)}`);
  }
  return [...new Set(operations)].sort();
}

function isKnown(operation: string): boolean {
  if (operation === INGEST_OPERATION) return true;
  const [service, name, ...rest] = operation.split(':');
  const known = SERVICES.find(({ id }) => id === service);
  return known !== undefined && name !== undefined && rest.length === 0 && (name === '*' || !!known.operation(name));
}

function suggestion(operation: string): string {
  const names = SERVICES.flatMap(({ id, operationNames }) => operationNames().map((name) => `${id}:${name}`));
  const near = [INGEST_OPERATION, ...names].find((name) => name.toLowerCase() === operation.toLowerCase());
  if (near) return `; did you mean ${near}?`;
  return `: an operation looks like logs:PutLogEvents, of ${SERVICES.map(({ id }) => id).join(', ')}`;
}
