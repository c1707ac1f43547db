import type { LookupFunction } from 'node:net';
import { NetworkFailure } from './network-failure.ts';
import type { NetworkGuard } from './network-guard.ts';

/** Of an address that the operator has not allowed. */
export const blocked = (address: string): NetworkFailure =>
  new NetworkFailure('blocked', `${address} is not a public address; --allow-destination permits it`);

/** Resolves a name, and fails when any of its addresses is off limits: a mixed answer is an attack or a mistake. */
export function guardedLookup(guard: NetworkGuard, lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, answer, family) => {
      if (error) return callback(error, '', 0);
      const addresses = Array.isArray(answer) ? answer : [{ address: answer, family: family ?? 0 }];
      const barred = addresses.find(({ address }) => !guard.allows(address));
      if (barred) return callback(blocked(`${hostname} (${barred.address})`), '', 0);
      const [first] = addresses;
      if (!first) return callback(new NetworkFailure('dns', `${hostname} has no address`), '', 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
}
