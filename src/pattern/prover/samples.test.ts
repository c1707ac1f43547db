import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNumberText } from '../decimal.ts';
import { fitsGlob } from '../glob.ts';
import { compileRegex, RegexFault } from '../regular-expression.ts';
import { Budget } from './budget.ts';
import { globLanguage } from './language.ts';
import { JSON_NUMBERS, NUMBER_TEXTS } from './number-languages.ts';
import { Product } from './product.ts';
import { regexLanguage } from './regex-language.ts';
import { sampleNumbers, sampleTexts } from './text-samples.ts';
import { Thresholds } from './thresholds.ts';

const budget = () => new Budget(2_000_000);
const pieces = [
  'a',
  'b',
  '1',
  '.',
  '^',
  '$',
  '|',
  '*',
  '+',
  '?',
  '{2}',
  '{,2}',
  '{1,}',
  '[ab]',
  '[^a-]',
  '[]a]',
  '\\d',
];
const more = ['\\W', '\\x61', '\\.', '[a\\-c]', '[-b]', '[\\d-z]', '[+--]', '\\s', 'x', '-', '\\\\', '[^\\]]', '}'];
const expression = fc
  .array(fc.constantFrom(...pieces, ...more), { minLength: 1, maxLength: 7 })
  .map((all) => all.join(''));
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', 'x', '1', '.', '-', '\\', ']', ' ', '\n', '😀'),
  maxLength: 6,
});

const isIn = (product: Product, word: string): boolean => product.verdicts(product.read(product.start, word)) === '1';

describe('an automaton', () => {
  it('finds what the regular expression finds', () => {
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 8, maxLength: 8 }), (source, texts) => {
        const search = compiled(source);
        if (!search) return;
        const product = new Product([regexLanguage(source)], budget());
        for (const word of texts)
          expect(isIn(product, word), `%${source}% on ${JSON.stringify(word)}`).toBe(search(word));
      }),
      { numRuns: 3000 },
    );
  });

  it('fits what the glob fits', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 8 });
    fc.assert(
      fc.property(glob, word, (stars, tried) => {
        const parts = stars.split('*');
        expect(isIn(new Product([globLanguage(parts)], budget()), tried)).toBe(fitsGlob(parts, tried));
      }),
    );
  });
});

describe('samples of texts', () => {
  it('stand for every combination that a text can have', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 5 });
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(glob, { minLength: 1, maxLength: 4 }), fc.array(word), (globs, words) => {
        const parts = globs.map((stars) => stars.split('*'));
        const kind = (tried: string): string => parts.map((each) => Number(fitsGlob(each, tried))).join('');
        const languages = parts.map((each) => globLanguage(each));
        const samples = sampleTexts({ constants: [], languages, numbers: [] }, undefined, [], budget());
        const kinds = new Set(samples.map((each) => kind(each.text)));
        expect(kinds.size).toBe(samples.length);
        for (const tried of words) expect(kinds).toContain(kind(tried));
      }),
      { numRuns: 300 },
    );
  });
});

describe('samples of numbers', () => {
  const number = fc.oneof(
    fc.constantFrom('0', '-0', '1', '-1', '450', '450.0', '0.5', '-12', '12.5', '1e3', '1e400', '1e-3', '99', '-0.05'),
    fc
      .tuple(fc.integer({ min: -200, max: 200 }), fc.constantFrom('', '.0', '.5', 'e1', 'E-2'))
      .map(([n, tail]) => `${n}${tail}`),
  );
  const condition = fc.oneof(
    fc.constantFrom('1*', '*0', '-*', '*.*', '4*0', '*e*').map((stars) => ({ glob: stars.split('*') })),
    fc.constantFrom('^\\d+$', '^[0-9.]+$', '5', '\\.0', '[eE]').map((source) => ({ regex: source })),
  );

  it('stand for every combination of text and value', () => {
    let doubtful = 0;
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 3 }),
        fc.array(number, { maxLength: 2 }),
        fc.array(condition, { maxLength: 2 }),
        fc.array(number, { minLength: 20, maxLength: 20 }),
        fc.boolean(),
        (cuts, constants, conditions, tried, isJson) => {
          const thresholds = new Thresholds(cuts);
          const tests = conditions.map((each) =>
            'glob' in each ? (word: string) => fitsGlob(each.glob, word) : compileRegex(each.regex).search,
          );
          const languages = conditions.map((each) =>
            'glob' in each ? globLanguage(each.glob) : regexLanguage(each.regex),
          );
          const key = (word: string, value: string): string =>
            [...tests.map((test) => Number(test(word))), thresholds.pieceOf(value), constants.indexOf(word)].join();
          const grammar = isJson ? JSON_NUMBERS : NUMBER_TEXTS;
          const samples = sampleNumbers({ constants, languages, numbers: cuts }, grammar, budget());
          const keys = new Set(samples.map(({ text: word, value = word }) => key(word, value)));
          for (const word of tried) expect(keys, word).toContain(key(word, word));
          for (const sample of samples) {
            if (sample.isDoubtful) doubtful += 1;
            else expect(sample.value).toBe(sample.text);
            expect(isNumberText(sample.text)).toBe(true);
            if (isJson && !sample.isDoubtful) expect(typeof JSON.parse(sample.text)).toBe('number');
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(doubtful).toBeLessThan(60);
  });

  it('rule out what the digits rule out', () => {
    const questions = { constants: [], languages: [globLanguage(['1', ''])], numbers: ['450', '500'] };
    const samples = sampleNumbers(questions, JSON_NUMBERS, budget());
    expect(samples.some(({ isDoubtful }) => isDoubtful)).toBe(false);
    const pieces = samples
      .filter(({ text: word }) => word.startsWith('1'))
      .map(({ text: word }) => new Thresholds(['450', '500']).pieceOf(word));
    expect(new Set(pieces)).toEqual(new Set([0, 4]));
  });
});

function compiled(source: string): ((word: string) => boolean) | undefined {
  try {
    return compileRegex(source).search;
  } catch (error) {
    if (error instanceof RegexFault) return undefined;
    throw error;
  }
}
