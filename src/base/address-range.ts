import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Whether addresses, in any notation, lie in a range. */
export type AddressRange = (address: string) => boolean;

/**
 * Reads `10.0.0.0/8`, `fd00::/8` or a single address.
 * @throws Error when it is none
 */
export function addressRange(text: string): AddressRange {
  const whole = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
  let range: [Address, number];
  try {
    range = ipaddr.parseCIDR(whole);
  } catch {
    throw new Error(`Not a range of addresses: ${text}. Write it like 10.0.0.0/8 or fd00::/8`);
  }
  const [network, bits] = range;
  return (address) => {
    const read = readAddress(address);
    return read !== undefined && read.kind() === network.kind() && read.match(network, bits);
  };
}

/** Whether `addressRange` can read it. */
export function isAddressRange(text: string): boolean {
  try {
    return addressRange(text) !== undefined;
  } catch {
    return false;
  }
}

/** An IPv4 address written as IPv6 is judged as what it is; undefined for what is no address. */
export function readAddress(text: string): Address | undefined {
  const [bare = ''] = text.replace(/^\[|\]$/g, '').split('%');
  try {
    return ipaddr.process(bare);
  } catch {
    return undefined;
  }
}
