import { Refusal } from '../../base/refusal.ts';

/** @throws Refusal for a batch that is empty, too large, or whose ids are not distinct and plain */
export function checkBatchIds(ids: readonly string[]): void {
  if (ids.length === 0)
    throw new Refusal('EmptyBatchRequestException', 'The batch request does not contain any entries.');
  if (ids.length > 10) {
    throw new Refusal(
      'TooManyEntriesInBatchRequestException',
      'The batch request contains more entries than permissible.',
    );
  }
  for (const id of ids) {
    const fault = id.length > 80 ? 'is too long' : 'contains an impermissible character';
    if (/^[A-Za-z0-9_-]{1,80}$/.test(id)) continue;
    throw new Refusal('InvalidBatchEntryIdException', `The Id of a batch entry in the batch request ${fault}: ${id}`);
  }
  if (new Set(ids).size < ids.length) {
    throw new Refusal(
      'BatchEntryIdsNotDistinctException',
      'Two or more batch entries in the request have the same Id.',
    );
  }
}
