import { Refusal } from '../../base/refusal.ts';

interface Failure {
  Id: string;
  SenderFault: boolean;
  Code: string;
  Message: string;
}

/**
 * Does something for each entry of a batch and tells which succeeded.
 * @param entryName what AWS calls an entry, such as SendMessageBatchRequestEntry
 * @throws Refusal for a batch that is empty, too large, or whose ids are not distinct and plain
 */
export async function forEachEntry<E extends { readonly Id: string }, R>(
  entryName: string,
  entries: readonly E[],
  act: (entry: E) => Promise<R>,
): Promise<{ Successful: (R & { Id: string })[]; Failed: Failure[] }> {
  checkEntries(
    entryName,
    entries.map((entry) => entry.Id),
  );
  // Begun together, they share one commit.
  const results = await Promise.allSettled(entries.map(act));
  const Successful: (R & { Id: string })[] = [];
  const Failed: Failure[] = [];
  for (const [index, result] of results.entries()) {
    const { Id } = entries[index]!;
    if (result.status === 'fulfilled') Successful.push({ Id, ...result.value });
    else if (result.reason instanceof Refusal) Failed.push(failureOf(Id, result.reason));
    else throw result.reason;
  }
  return { Successful, Failed };
}

/** Entries of a batch carry the codes of the Query protocol. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
};

const failureOf = (Id: string, { code, message }: Refusal): Failure => ({
  Id,
  SenderFault: true,
  Code: QUERY_CODES[code] ?? code,
  Message: message,
});

function checkEntries(entryName: string, ids: readonly string[]): void {
  if (ids.length === 0) {
    throw new Refusal('EmptyBatchRequest', `There should be at least one ${entryName} in the request.`);
  }
  if (ids.length > 10) {
    throw new Refusal(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${ids.length}.`,
    );
  }
  if (!ids.every((id) => /^[A-Za-z0-9_-]{1,80}$/.test(id))) {
    throw new Refusal(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) < index);
  if (repeated !== undefined) throw new Refusal('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
}
