import { addressRange, readAddress } from './address-range.ts';

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

const isGlobal = addressRange('2000::/3');
/** What Azure's machines ask for their certificates and secrets, though it looks public. */
const isPlatform = addressRange('168.63.129.16');

/**
 * Public addresses pass; private, loopback, link-local (with them the metadata services of clouds),
 * shared, reserved and translated ones do not, unless a range allows them.
 * @throws Error when an allowed range cannot be read.
 */
export function networkGuard(settings: GuardSettings): NetworkGuard {
  const ranges = (settings.allow ?? []).map(addressRange);
  return {
    allows(text) {
      const address = readAddress(text);
      if (!address) return false;
      if (ranges.some((isWithin) => isWithin(text))) return true;
      const kind = address.range();
      if (kind === 'loopback') return settings.allowLoopback === true;
      // Of IPv6 only this part is given out; the rest hides old ways to write IPv4, such as ::7f00:1.
      const isGivenOut = address.kind() === 'ipv4' || isGlobal(text);
      return kind === 'unicast' && isGivenOut && !isPlatform(text);
    },
  };
}
