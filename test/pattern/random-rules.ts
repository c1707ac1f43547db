/** Patterns and events at random, of a seed: the same seed gives the same. */
export type Random = () => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
const chance = (random: Random, share: number): boolean => random() < share;

const PLAIN = ['$.a', '$.b', '$.eventName', '$.userIdentity.type', '$.userIdentity.invokedBy', '$.a.b', '$.a.c', '$.n'];
const DEEP = ['$.a[0]', '$.a[1]', '$.a[1].b', '$.a.b.c', "$.['a.b']"];
const WILD = ['$.a[*]', '$.a.*', '$.a[*].b', '$.*', '$.*.b'];
const WORDS = ['Root', 'ConsoleLogin', 'x', '', 'AccessDenied', 'Yes', 'null', 'true'];
const NUMBERS = ['0', '1', '450', '450.0', '-3', '12.5', '1e3', '1000', '451'];
const GLOBS = ['*', 'Console*', '*Login', 'R*t', '*o*o*', 'Access*', '1*', '*0', '*.*', '4*0'];
const REGEXES = ['^Root$', 'o+', '\\\\d', '^[A-Z]', 'x|y', '^$', '^4[0-9]{2}$', 'n$'].map((text) =>
  text.replaceAll('\\\\', '\\'),
);

/** Which constructs a random pattern may use. */
export interface Diet {
  readonly wildcards: boolean;
  readonly depth: number;
}

export function randomPattern(random: Random, diet: Diet): string {
  let wildcards = 0;
  let regexes = 0;
  const condition = (): string => {
    let selector = pick(random, chance(random, 0.2) ? DEEP : PLAIN);
    if (diet.wildcards && wildcards < 3 && chance(random, 0.15)) {
      selector = pick(random, WILD);
      wildcards += 1;
    }
    const kind = random();
    if (kind < 0.12) return `${selector} NOT EXISTS`;
    if (kind < 0.2) return `${selector} IS ${pick(random, ['NULL', 'TRUE', 'FALSE'])}`;
    if (kind < 0.35) return `${selector} ${pick(random, ['>', '>=', '<', '<='])} ${pick(random, NUMBERS)}`;
    const operator = pick(random, ['=', '=', '!=']);
    if (kind < 0.7) return `${selector} ${operator} "${pick(random, WORDS)}"`;
    if (kind < 0.8) return `${selector} ${operator} ${pick(random, NUMBERS)}`;
    if (kind < 0.85) return `${selector} ${operator} "${pick(random, NUMBERS)}"`;
    if (kind < 0.93 || regexes === 2) return `${selector} ${operator} "${pick(random, GLOBS)}"`;
    regexes += 1;
    return `${selector} ${operator} %${pick(random, REGEXES)}%`;
  };
  const tree = (depth: number): string => {
    if (depth === 0 || chance(random, 0.3)) return `(${condition()})`;
    const count = 2 + Math.floor(random() * 2);
    const parts = Array.from({ length: count }, () => tree(depth - 1));
    return `(${parts.join(pick(random, [' && ', ' || ']))})`;
  };
  return `{ ${tree(diet.depth)} }`;
}

/** A second pattern that is close to a first one, as people vary them. */
export function varied(random: Random, pattern: string): string {
  const edits: ((text: string) => string)[] = [
    (text) => text.replace(' && ', ' || '),
    (text) => text.replace(' || ', ' && '),
    (text) => text.replace('!=', '='),
    (text) => text.replace(/ = /, ' != '),
    (text) => text.replace(/"(\w+)"/, '"$1*"'),
    (text) => text.replace(/\$\.a\b/, '$.b'),
    (text) => text.replace(/ > /, ' >= '),
    (text) => text.replace('{ ', '{ ($.b = "x") || ').replace(/$/, ''),
    (text) => text.replace('{ ', '{ ($.b NOT EXISTS) && '),
    (text) => text.replace(/"Root"/, '%^Root$%'),
  ];
  return pick(random, edits)(pattern);
}

/** Values that lie at and just beside what patterns name. */
function values(patterns: readonly string[]): string[] {
  const found = new Set<string>(['null', 'true', 'false', '{}', '[]', '"other"', '""', '0', '-1', '7', '2000', '"5"']);
  const texts = patterns.flatMap((text) => [...text.matchAll(/"([^"]*)"|%([^%]*)%|[=<>] (-?[0-9][0-9.e]*)/g)]);
  for (const [, quoted, regex, number] of texts) {
    const text = (quoted ?? regex ?? number ?? '')
      .replaceAll('*', pickFiller(found.size))
      .replaceAll(/[\\^$|{}[\]]/g, '');
    for (const each of [text, `${text}x`, `x${text}`, text.toLowerCase()]) found.add(JSON.stringify(each));
    const value = Number(text);
    if (text === '' || !/^-?\d/.test(text) || Number.isNaN(value)) continue;
    for (const each of [value, value + 1, value - 1, value + 0.5]) found.add(String(each));
    for (const each of [`${value}.0`, `${value}.00`, `${value}e0`]) found.add(each);
  }
  return [...found];
}

const pickFiller = (turn: number): string => ['', 'o', '0', '.'][turn % 4]!;

/** Messages that bring the paths of some patterns together with the values that they name. */
export function eventMaker(random: Random, patterns: readonly string[]): () => string {
  const pool = values(patterns);
  const list = (): string => `[${Array.from({ length: Math.floor(random() * 4) }, () => nested(1)).join(',')}]`;
  const record = (names: readonly string[], depth: number): string =>
    `{${names
      .filter(() => chance(random, 0.6))
      .map((name) => `"${name}":${nested(depth)}`)
      .join(',')}}`;
  const nested = (depth: number): string => {
    const kind = random();
    if (depth > 0 && kind < 0.25) return record(['b', 'c', 'z'], depth - 1);
    if (depth > 0 && kind < 0.4) return list();
    return pick(random, pool);
  };
  const identity = (): string => record(['type', 'invokedBy'], 0);
  return () => {
    const members = ['a', 'b', 'n', 'eventName', 'a.b']
      .filter(() => chance(random, 0.7))
      .map((name) => `"${name}":${nested(2)}`);
    if (chance(random, 0.7)) members.push(`"userIdentity":${chance(random, 0.9) ? identity() : nested(0)}`);
    if (chance(random, 0.1)) members.push(`"z":${nested(1)}`);
    return `{${members.join(',')}}`;
  };
}
