import ipaddr from 'ipaddr.js';

/** Which addresses the program may connect to. */
export interface NetworkGuard {
  /** Whether this address, in any notation, is a permitted destination. */
  allows(address: string): boolean;
}

/** What `networkGuard` is told. */
export interface GuardSettings {
  /** Ranges such as `10.0.0.0/8` that are allowed although they are not public; a bare address is a range of one. */
  readonly allow?: readonly string[];
  /** Lets 127.0.0.0/8 and ::1 pass. */
  readonly allowLoopback?: boolean;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/**
 * Public addresses pass; private, loopback, link-local (with them the metadata services of clouds),
 * shared, reserved and translated ones do not, unless a range allows them.
 * @throws Error when an allowed range cannot be read.
 */
export function networkGuard(settings: GuardSettings): NetworkGuard {
  const ranges = (settings.allow ?? []).map(rangeOf);
  return {
    allows(text) {
      const address = addressOf(text);
      if (!address) return false;
      if (ranges.some((range) => within(address, range))) return true;
      const kind = address.range();
      return kind === 'unicast' || (kind === 'loopback' && settings.allowLoopback === true);
    },
  };
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address. */
function rangeOf(text: string): Range {
  const whole = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`;
  try {
    return ipaddr.parseCIDR(whole);
  } catch {
    throw new Error(`Not a range of addresses: ${text}. Write it like 10.0.0.0/8 or fd00::/8`);
  }
}

/** An IPv4 address written as IPv6 is judged as what it is. */
function addressOf(text: string): Address | undefined {
  const [bare = ''] = text.replace(/^\[|\]$/g, '').split('%');
  try {
    return ipaddr.process(bare);
  } catch {
    return undefined;
  }
}

function within(address: Address, [network, bits]: Range): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
