/** A range of addresses: the bits that decide, and how many they are. */
interface Range {
  readonly bits: string;
  readonly four: boolean;
}

/**
 * Reads `10.0.0.0/24` or `2001:db8::/32` as a test of addresses.
 * @throws Error in AWS's words
 */
export function readCidr(text: string): (address: string) => boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !text.includes('/')) throw new Error("Malformed CIDR, one '/' required");
  if (!/^\d{1,3}$/.test(length)) throw new Error('Malformed CIDR, mask bits must be an integer');
  const base = bitsOf(address);
  if (!base) throw new Error(`Nonstandard IP address: ${address}`);
  if (Number(length) > base.bits.length) throw new Error('IP range mask bits must not exceed the address length');
  const wanted = base.bits.slice(0, Number(length));
  return (candidate) => {
    const given = bitsOf(candidate);
    return given?.four === base.four && given.bits.startsWith(wanted);
  };
}

function bitsOf(address: string): Range | undefined {
  // No address is longer, and nothing longer need be looked at.
  if (address.length > 45) return undefined;
  const four = /^\d{1,3}(\.\d{1,3}){3}$/.test(address);
  const bits = four ? bitsOfFour(address) : bitsOfSix(address);
  return bits === undefined ? undefined : { bits, four };
}

function bitsOfFour(address: string): string | undefined {
  const bytes = address.split('.');
  if (bytes.some((byte) => Number(byte) > 255 || (byte.length > 1 && byte.startsWith('0')))) return undefined;
  return bytes.map((byte) => Number(byte).toString(2).padStart(8, '0')).join('');
}

function bitsOfSix(address: string): string | undefined {
  const halves = address.split('::');
  if (halves.length > 2 || !address.includes(':')) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}
