import { type CompiledPattern, PatternSet } from '../../../src/pattern/index.ts';
import { pick, type Random } from '../random-rules.ts';

const SHORT = 20_000;
const FACTOR = 8;
/** Four times what linear time would take; a machine with other work to do is measured anew. */
const ALLOWED = FACTOR * 4;
/**
 * What takes less than this is no wait, whatever the other length took: one cut of an event is read to its
 * end, and another is refused at once. Anything quadratic takes seconds.
 */
const SHORTEST_WAIT = 500;
const TRIES = 5;

let longest = 0;

/** The longest that any long event took to be judged, in milliseconds. */
export const longestWait = (): number => longest;

/**
 * Blows an event up to a length and to eight times that, and measures how long a set takes to judge
 * both. Gives what took more than linear time, whenever it was measured.
 */
export function waitsInLine(
  random: Random,
  members: readonly { readonly id: number; readonly compiled: CompiledPattern }[],
  someEvent: () => string,
): string[] {
  const set = new PatternSet(members);
  const event = someEvent();
  const [from, to] = [Math.floor(random() * event.length), Math.floor(random() * event.length) + 1];
  const piece = random() < 0.5 ? event.slice(from, to) || event : event;
  const repeated = (length: number): string =>
    piece.repeat(Math.ceil(length / Math.max(1, piece.length))).slice(0, length);
  const blownUp = pick(random, [
    repeated,
    (length: number) => event.slice(0, from) + repeated(length) + event.slice(from),
    (length: number) => JSON.stringify({ a: repeated(length), eventName: repeated(length) }),
    (length: number) => `{"a":[${`${JSON.stringify(piece)},`.repeat(Math.ceil(length / (piece.length + 3)))}1]}`,
  ]);
  const [small, large] = [blownUp(SHORT), blownUp(SHORT * FACTOR)];
  const ratios: number[] = [];
  for (let round = 0; round < TRIES; round += 1) {
    const [short, long] = [timeOf(set, small), timeOf(set, large)];
    longest = Math.max(longest, round === 0 ? long : 0);
    if (long < SHORTEST_WAIT || long / short < ALLOWED) return [];
    ratios.push(long / short);
  }
  const patterns = JSON.stringify(members.map(({ compiled }) => compiled.text));
  const times = ratios.map(Math.round).join();
  return [`${times} times as long for ${FACTOR} times the length: ${patterns}, ${small.slice(0, 300)}`];
}

function timeOf(set: PatternSet<number>, event: string): number {
  const started = performance.now();
  set.matching(event);
  return performance.now() - started;
}
