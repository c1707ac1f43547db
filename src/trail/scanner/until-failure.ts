import type { Tally } from './scan-outcome.ts';

/** The source up to where it fails; notes why. */
export async function* untilFailure(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  tally: Tally,
): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    tally.failure = error instanceof Error ? error.message : String(error);
  }
}
