import { Refusal } from '../base/refusal.ts';

/** The body of a request as it comes; it ends with a Refusal when the client goes away before its end. */
export async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  // Node's streams can be iterated; the type of the web does not say so.
  const body = request.body as unknown as AsyncIterable<Uint8Array> | null;
  if (!body) return;
  try {
    yield* body;
  } catch {
    // The client hung up, which is no fault of this program. What had come in whole is kept.
    throw new Refusal('IncompleteBody', 'The connection ended before the whole body had come.');
  }
}
