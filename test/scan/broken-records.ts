import type { Random } from '../../tools/archive/random.ts';

const TOKENS = [
  ...'{}[]:,"\\'.split(''),
  '1',
  '-',
  '0',
  '.5',
  'e',
  'true',
  'nul',
  'false',
  ' ',
  '\n',
  '\t',
  '\r',
  '{}',
  '[]',
  '""',
  '"a":',
  ',"b":2',
  '\u0001',
  '\\u00',
  '\\"',
  'é',
  '\u00a0',
];

/** Texts of values as they may stand in a record, sound JSON each. */
function value(random: Random, depth: number): string {
  const space = (): string => (random.chance(0.08) ? random.pick([' ', '\n', '  ', '\t\r\n', ' '.repeat(70)]) : '');
  const kind = random.below(depth > 3 ? 6 : 9);
  if (kind < 3)
    return `"${'v'.repeat(random.below(random.chance(0.1) ? 140 : 12))}${random.pick(['', '', '\\"', '\\\\', '\\u00e9', '{[,:'])}"`;
  if (kind === 3) return random.pick(['true', 'false', 'null']);
  if (kind === 4) return random.pick(['0', '-1', '12.5e-3', '1E+9', '7'.repeat(random.below(90) + 1)]);
  if (kind === 5) return random.pick(['{}', '[]', '{ }', '[\n]', '""']);
  const values = Array.from({ length: random.below(5) }, () => `${space()}${value(random, depth + 1)}${space()}`);
  if (kind === 6) return `[${values.join(',')}]`;
  return `{${values.map((each, i) => `${space()}"${'k'.repeat(random.below(30))}${i}"${space()}:${each}`).join(',')}}`;
}

const record = (random: Random): string =>
  `{"eventVersion":"1.08","userIdentity":{"type":"Root"},"pad":${value(random, 0)},"eventName":"X","more":${value(random, 0)}}`;

/** A list of records, or lines of them, in which one place, mostly, was changed as nobody should. */
export function brokenDocument(random: Random): Buffer {
  const records = Array.from({ length: 1 + random.below(4) }, () => record(random));
  const isLines = random.chance(0.3);
  let text = isLines
    ? records.map((each) => each.replaceAll(/[\r\n]/g, ' ')).join('\n')
    : `{"Records":[${records.join(',')}]}`;
  for (let changes = random.below(3); changes > 0; changes -= 1) {
    const at = placeIn(random, text);
    const removed = random.pick([0, 0, 1, 1, 1, 2]);
    text = `${text.slice(0, at)}${random.chance(0.6) ? random.pick(TOKENS) : ''}${text.slice(at + removed)}`;
  }
  return Buffer.from(text);
}

/** Beside a token, mostly. */
function placeIn(random: Random, text: string): number {
  for (let tries = 0; tries < 20; tries += 1) {
    const at = random.below(text.length);
    if (random.chance(0.1) || '{}[]:,"\\ \n0123456789tfn'.includes(text[at] as string)) return at + random.below(2);
  }
  return random.below(text.length);
}
