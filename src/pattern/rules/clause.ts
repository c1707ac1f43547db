/** A filter pattern that is being written: conditions, joined. */
export type Clause =
  | { readonly kind: 'all' | 'any'; readonly clauses: readonly Clause[] }
  | { readonly kind: 'condition'; readonly text: string; readonly isRegex: boolean };

export const TRUE: Clause = { kind: 'all', clauses: [] };
export const FALSE: Clause = { kind: 'any', clauses: [] };

const isTrue = (clause: Clause): boolean => clause.kind === 'all' && clause.clauses.length === 0;
const isFalse = (clause: Clause): boolean => clause.kind === 'any' && clause.clauses.length === 0;

/** Every clause, without what is idle: the same twice, and all of the same kind within each other. */
export function all(clauses: readonly Clause[]): Clause {
  return clauses.some(isFalse) ? FALSE : joined('all', clauses);
}

/** At least one of the clauses. */
export function any(clauses: readonly Clause[]): Clause {
  return clauses.some(isTrue) ? TRUE : joined('any', clauses);
}

function joined(kind: 'all' | 'any', clauses: readonly Clause[]): Clause {
  const flat = clauses.flatMap((clause) => (clause.kind === kind ? clause.clauses : [clause]));
  const distinct = [...new Map(flat.map((clause) => [clauseText(clause), clause])).values()];
  const [only] = distinct;
  return distinct.length === 1 && only ? only : { kind, clauses: distinct };
}

/** As it stands between the braces of a pattern. */
export function clauseText(clause: Clause): string {
  if (clause.kind === 'condition') return clause.text;
  const inner = clause.clauses.map((each) =>
    clause.kind === 'all' && each.kind === 'any' ? `(${clauseText(each)})` : clauseText(each),
  );
  return inner.join(clause.kind === 'all' ? ' && ' : ' || ');
}

const regexesIn = (clause: Clause): number =>
  clause.kind === 'condition' ? Number(clause.isRegex) : clause.clauses.reduce((sum, each) => sum + regexesIn(each), 0);

/** AWS's limits of one pattern. */
const [LONGEST, MOST_REGEXES] = [1024, 2];

const patternText = (clause: Clause): string => `{ ${clauseText(clause)} }`;
const fits = (clause: Clause): boolean => patternText(clause).length <= LONGEST && regexesIn(clause) <= MOST_REGEXES;

/**
 * Patterns that together match what a clause asks, each within AWS's limits: alternatives may be asked by
 * several filters as well as by one. Undefined where that would take more than `most`.
 */
export function patternsOf(clause: Clause, most: number): readonly string[] | undefined {
  if (isTrue(clause)) return ['{ $.eventVersion = "*" }'];
  const pieces = [clause];
  for (let at = pieces.findIndex((piece) => !fits(piece)); at >= 0; at = pieces.findIndex((piece) => !fits(piece))) {
    const halves = halved(pieces[at] as Clause);
    if (!halves || pieces.length >= most) return undefined;
    pieces.splice(at, 1, ...halves);
  }
  return pieces.map(patternText);
}

/** Two clauses of which either suffices, by halving the longest list of alternatives that stands under no other. */
function halved(clause: Clause): readonly [Clause, Clause] | undefined {
  if (clause.kind === 'condition') return undefined;
  if (clause.kind === 'any') {
    const middle = Math.ceil(clause.clauses.length / 2);
    return clause.clauses.length < 2
      ? undefined
      : [any(clause.clauses.slice(0, middle)), any(clause.clauses.slice(middle))];
  }
  const lists = clause.clauses.filter(({ kind }) => kind === 'any');
  const [longest] = lists.sort((a, b) => clauseText(b).length - clauseText(a).length);
  const halves = longest && halved(longest);
  if (!halves) return undefined;
  const withHalf = (half: Clause): Clause => all(clause.clauses.map((each) => (each === longest ? half : each)));
  return [withHalf(halves[0]), withHalf(halves[1])];
}
