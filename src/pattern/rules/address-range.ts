import { codePointsOf, DIGITS, oneOf, range } from '../prover/code-points.ts';
import { char, choice, type Language, repeat, sequence } from '../prover/language.ts';
import type { TextMatcher } from './text-matcher.ts';

/** Addresses of a range such as `10.0.0.0/24` or `2001:db8::/32`. */
export interface AddressRange extends TextMatcher {
  /** Is the address before the slash the first one of the range? */
  readonly startsAtNetwork: boolean;
}

/**
 * Reads a range of IPv4 or IPv6 addresses; without a slash it is the one address. Undefined when
 * `range` is none. IPv6 addresses are known in all their spellings, but for those that end like IPv4.
 */
export function addressRange(text: string): AddressRange | undefined {
  const [address = '', length, ...more] = text.split('/');
  const kind = address.includes(':') ? IPV6 : IPV4;
  const parts = kind.parse(address);
  const most = kind.count * kind.width;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : most + 1;
  if (!parts || bits > most || more.length > 0) return undefined;
  const wanted = parts.map((part, place): Masked => {
    const kept = Math.max(0, Math.min(kind.width, bits - place * kind.width));
    const mask = (2 ** kept - 1) * 2 ** (kind.width - kept);
    return { bits: part & mask, mask };
  });
  return {
    startsAtNetwork: wanted.every(({ bits: first }, place) => first === parts[place]),
    language: kind.language(wanted),
    fits(value) {
      const found = kind.parse(value);
      return found !== undefined && wanted.every((each, place) => isIn(each, found[place] ?? 0));
    },
  };
}

/** Numbers of which some bits are given. */
interface Masked {
  readonly bits: number;
  readonly mask: number;
}

const isIn = ({ bits, mask }: Masked, number: number): boolean => (number & mask) === bits;

interface AddressKind {
  /** Numbers in an address, and the bits of each. */
  readonly count: number;
  readonly width: number;
  parse(text: string): readonly number[] | undefined;
  language(wanted: readonly Masked[]): Language;
}

const OCTET = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;
const DOT = char(oneOf('.'));

const IPV4: AddressKind = {
  count: 4,
  width: 8,
  parse(text) {
    const octets = text.split('.');
    return octets.length === 4 && octets.every((octet) => OCTET.test(octet)) ? octets.map(Number) : undefined;
  },
  language: (wanted) =>
    joined(
      wanted.map((each) => octetLanguage([...new Array(256).keys()].filter((octet) => isIn(each, octet)))),
      DOT,
    ),
};

const joined = (parts: readonly Language[], mark: Language): Language =>
  sequence(...parts.flatMap((part, at) => (at === 0 ? [part] : [mark, part])));

/** The texts of some octets, with what they begin with in common taken together. */
function octetLanguage(octets: readonly number[]): Language {
  const tree = (texts: readonly string[]): Language => {
    const ends = texts.includes('');
    const heads = new Map<string, string[]>();
    for (const text of texts)
      if (text !== '') heads.set(text.charAt(0), [...(heads.get(text.charAt(0)) ?? []), text.slice(1)]);
    // Digits that go on alike are one character set.
    const alike = new Map<string, { digits: string; rest: string[] }>();
    for (const [head, rest] of heads) {
      const known = alike.get(rest.join());
      alike.set(rest.join(), { digits: (known?.digits ?? '') + head, rest });
    }
    const options = [...alike.values()].map(({ digits, rest }) => sequence(char(oneOf(digits)), tree(rest)));
    return { kind: 'choice', options: ends ? [sequence(), ...options] : options };
  };
  return tree(octets.map(String));
}

const GROUPS = 8;
const COLON = char(oneOf(':'));

const IPV6: AddressKind = {
  count: GROUPS,
  width: 16,
  parse(text) {
    const [head = '', tail, ...more] = text.split('::').map((side) => (side === '' ? [] : side.split(':')));
    if (more.length > 0 || head === '') return undefined;
    const given = [...head, ...(tail ?? [])];
    const isWhole = tail === undefined ? given.length === GROUPS : given.length < GROUPS;
    if (!isWhole || !given.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
    const zeros = new Array<string>(GROUPS - given.length).fill('0');
    return [...head, ...zeros, ...(tail ?? [])].map((group) => Number.parseInt(group, 16));
  },
  language(wanted) {
    const groups = wanted.map(groupLanguage);
    const shortened = [...new Array(GROUPS).keys()].flatMap((head): Language[] => {
      const tails = [...new Array(GROUPS - head).keys()].filter((tail) =>
        wanted.slice(head, GROUPS - tail).every((each) => isIn(each, 0)),
      );
      if (tails.length === 0) return [];
      const endings = tails.map((tail) => joined(groups.slice(GROUPS - tail), COLON));
      return [sequence(joined(groups.slice(0, head), COLON), COLON, COLON, choice(...endings))];
    });
    return choice(joined(groups, COLON), ...shortened);
  },
};

const HEX = '0123456789abcdef';
const ANY_GROUP = repeat(char(codePointsOf([...DIGITS, ...range('a', 'f'), ...range('A', 'F')])), 1, 4);

/** Up to four hexadecimal digits in either case, with or without leading zeros. */
function groupLanguage({ bits, mask }: Masked): Language {
  if (mask === 0) return ANY_GROUP;
  const digits = [12, 8, 4, 0].map((shift): string =>
    Array.from(HEX)
      .filter((_, digit) => isIn({ bits: (bits >> shift) & 15, mask: (mask >> shift) & 15 }, digit))
      .join(''),
  );
  const written = digits.map((some) => char(oneOf(some + some.toUpperCase())));
  const lengths = [1, 2, 3, 4].filter((length) => digits.slice(0, 4 - length).every((some) => some.startsWith('0')));
  return choice(...lengths.map((length) => sequence(...written.slice(4 - length))));
}
