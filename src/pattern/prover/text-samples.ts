import { compareNumbers, decimalOf, isNumberText } from '../decimal.ts';
import type { Budget } from './budget.ts';
import type { Language } from './language.ts';
import { choice, textLanguage } from './language.ts';
import type { NumberGrammar } from './number-languages.ts';
import { NEGATIVE_TEXTS, significandLanguages, sizeLanguages, ZERO_TEXTS } from './number-languages.ts';
import { Product } from './product.ts';
import { Thresholds } from './thresholds.ts';

/** What some conditions can tell of a text. */
export interface TextQuestions {
  /** Texts that are asked for as they are. */
  readonly constants: readonly string[];
  readonly languages: readonly Language[];
  /** Numbers that are compared by value. */
  readonly numbers: readonly string[];
}

/** A text that stands for all that give the same answers. */
export interface TextSample {
  readonly text: string;
  /** A number with the value of the text, where it writes one. */
  readonly value: string | undefined;
  /** No such text is known, and none is ruled out: `text` and `value` answer for their own questions only. */
  readonly isDoubtful: boolean;
}

const sample = (text: string): TextSample => ({
  text,
  value: isNumberText(text) ? text : undefined,
  isDoubtful: false,
});

/** One text for each combination of answers that texts can give. Texts of `seeds` are preferred. */
export function sampleTexts(
  questions: TextQuestions,
  within: Language | undefined,
  seeds: readonly string[],
  budget: Budget,
): TextSample[] {
  const constants = [...new Set(questions.constants)];
  const constant = choice(...constants.map((text) => textLanguage(text)));
  const languages = [...questions.languages, constant, ...(within ? [within] : [])];
  const product = new Product(languages, budget);
  const samples = new Map<string, string>();
  const take = (verdicts: string, text: string): void => {
    // The constants stand for themselves, and outside of `within` there is nothing.
    if (verdicts.charAt(questions.languages.length) === '1' || (within && verdicts.endsWith('0'))) return;
    const known = samples.get(verdicts);
    if (known === undefined || known === '') samples.set(verdicts, text);
  };
  for (const seed of seeds) take(product.verdicts(product.read(product.start, seed)), seed);
  const isWorthIt = (standing: readonly number[]): boolean => !within || product.isOpen(standing, languages.length - 1);
  if (languages.length > 1 || samples.size === 0)
    for (const { standing, text } of product.walk(isWorthIt)) take(product.verdicts(standing), text);
  const fitting = within
    ? constants.filter((text) => product.verdicts(product.read(product.start, text)).endsWith('1'))
    : constants;
  return [...fitting, ...samples.values()].map(sample);
}

const MOST_POWERS = 24;
/** Further from the point than this, only powers of ten reach. */
const FURTHEST = 40n;
const isNear = (magnitude: bigint): boolean => magnitude <= FURTHEST && magnitude >= -FURTHEST;

/** The same for texts that write numbers, told apart by their values too. */
export function sampleNumbers(questions: TextQuestions, grammar: NumberGrammar, budget: Budget): TextSample[] {
  const thresholds = new Thresholds(questions.numbers);
  const pieces = [...new Array(thresholds.pieces).keys()];
  const values = pieces.map((piece) => thresholds.sampleOf(piece));
  const seeds = ['0', '1', '-1', '0.5', ...values, ...values.flatMap((value) => [`${value}.0`, `${value}.00`])].filter(
    isNumberText,
  );
  if (thresholds.cuts.length === 0) return sampleTexts(questions, grammar.whole, seeds, budget);
  const search = new NumberSearch(questions, grammar, thresholds, budget);
  const plain = new Product([...questions.languages, search.constant, grammar.whole], budget);
  const texts = sampleTexts({ ...questions, numbers: [] }, grammar.whole, seeds, budget);
  const isConstant = new Set(questions.constants);
  const kinds = new Map<string, string>();
  for (const { text } of texts)
    if (!isConstant.has(text)) kinds.set(plain.verdicts(plain.read(plain.start, text)).slice(0, -2), text);
  for (const text of seeds) search.offer(text, plain);
  for (const [kind, text] of kinds) search.offer(text, plain, kind);
  const wanted = kinds.size * pieces.length;
  for (const power of search.powers(plain)) {
    if (search.found.size >= wanted) break;
    search.tryPower(power);
  }
  const open = search.found.size >= wanted ? [] : search.conceivable(kinds, pieces);
  const doubtful = open.map(({ text, piece }) => ({ text, value: values[piece], isDoubtful: true }));
  const constants = texts.filter(({ text }) => isConstant.has(text));
  return [...constants, ...[...search.found.values()].map(sample), ...doubtful];
}

/** The search for a text of each kind in each piece of the number line. */
class NumberSearch {
  readonly constant: Language;
  /** By kind and piece. */
  readonly found = new Map<string, string>();
  readonly #questions: TextQuestions;
  readonly #grammar: NumberGrammar;
  readonly #thresholds: Thresholds;
  readonly #budget: Budget;

  constructor(questions: TextQuestions, grammar: NumberGrammar, thresholds: Thresholds, budget: Budget) {
    this.#questions = questions;
    this.#grammar = grammar;
    this.#thresholds = thresholds;
    this.#budget = budget;
    this.constant = choice(...[...new Set(questions.constants)].map((text) => textLanguage(text)));
  }

  #keep(kind: string, text: string): void {
    const key = `${kind}/${this.#thresholds.pieceOf(text)}`;
    const known = this.found.get(key);
    // A number that survives being read and written again makes the better example.
    if (known === undefined || (!isStable(known) && isStable(text))) this.found.set(key, text);
  }

  /** Takes a text for its kind, when it is a number of the grammar and not a constant. */
  offer(text: string, product: Product, known?: string): void {
    const verdicts = product.verdicts(product.read(product.start, text));
    if (verdicts.endsWith('01')) this.#keep(known ?? verdicts.slice(0, -2), text);
  }

  /** Exponents worth trying: none, those that bring a cut near the point, and those that the languages tell apart. */
  powers(product: Product): string[] {
    const powers = new Set(['']);
    for (const cut of this.#thresholds.cuts) {
      const { magnitude } = decimalOf(cut);
      for (const shift of [0n, -1n, 1n, 2n]) if (magnitude !== 0n || shift !== 0n) powers.add(`e${magnitude + shift}`);
    }
    if (this.#questions.languages.length === 0) return [...powers];
    for (const mark of ['e', 'E', 'e-'])
      for (const mantissa of ['1', '1.5', '-1']) {
        const start = product.read(product.start, mantissa + mark);
        for (const { text } of product.walk(
          (standing) => product.isOpen(standing, this.#questions.languages.length + 1),
          start,
        )) {
          if (/^[+-]?\d+$/.test(text)) powers.add(mark + text);
          if (powers.size > MOST_POWERS || text.length > 6) break;
        }
      }
    return [...powers];
  }

  /** Looks through all numbers with one exponent, as it is written. */
  tryPower(power: string): void {
    const { languages } = this.#questions;
    const shift = power === '' ? 0n : BigInt(power.slice(1).replace('+', ''));
    const sizes = this.#thresholds.cuts.flatMap((cut) => {
      const number = decimalOf(cut);
      const magnitude = number.digits === '' ? 0n : number.magnitude - shift;
      if (!isNear(magnitude)) return [];
      const { greater, equal } = sizeLanguages({ ...number, magnitude });
      return [greater, equal];
    });
    const product = new Product(
      [...languages, this.constant, this.#grammar.mantissa, NEGATIVE_TEXTS, ...sizes],
      this.#budget,
    );
    const mantissa = languages.length + 1;
    for (const { standing, text } of product.walk((at) => product.isOpen(at, mantissa))) {
      if (product.verdicts(standing).charAt(mantissa) !== '1') continue;
      const verdicts = product.verdicts(product.read(standing, power));
      if (verdicts.charAt(languages.length) === '0') this.#keep(verdicts.slice(0, languages.length), text + power);
    }
  }

  /** Kinds and pieces that were not found together, and that the leading digits alone cannot rule out. */
  conceivable(kinds: ReadonlyMap<string, string>, pieces: readonly number[]): { text: string; piece: number }[] {
    const { languages } = this.#questions;
    const significands = this.#thresholds.cuts.flatMap((cut) => Object.values(significandLanguages(decimalOf(cut))));
    // Numbers without an exponent have all been seen, unless a cut lies too far from the point.
    const isSeen = this.#thresholds.cuts.every((cut) => isNear(decimalOf(cut).magnitude));
    const unseen = isSeen ? this.#grammar.scientific : this.#grammar.whole;
    const all = [...languages, this.constant, unseen, ZERO_TEXTS, NEGATIVE_TEXTS, ...significands];
    const product = new Product(all, this.#budget);
    const at = languages.length;
    const seen = new Set<string>();
    for (const { standing } of product.walk((here) => product.isOpen(here, at + 1))) {
      const verdicts = product.verdicts(standing);
      if (verdicts.charAt(at) === '0' && verdicts.charAt(at + 1) === '1') seen.add(verdicts);
    }
    const open = new Map<string, { text: string; piece: number }>();
    for (const verdicts of seen) {
      const kind = verdicts.slice(0, at);
      const text = kinds.get(kind);
      if (text === undefined) continue;
      const significand = {
        isZero: verdicts.charAt(at + 2) === '1',
        isNegative: verdicts.charAt(at + 3) === '1',
        order: (cut: number) =>
          verdicts.charAt(at + 4 + 2 * cut) === '1' ? 1 : verdicts.charAt(at + 5 + 2 * cut) === '1' ? 0 : -1,
      };
      for (const piece of pieces) {
        const key = `${kind}/${piece}`;
        if (!this.found.has(key) && this.#thresholds.isConceivable(piece, significand)) open.set(key, { text, piece });
      }
    }
    return [...open.values()];
  }
}

/** Is the number written as JSON.stringify would write it? */
export const isStable = (text: string): boolean =>
  String(Number(text)) === text && compareNumbers(String(Number(text)), text) === 0;
