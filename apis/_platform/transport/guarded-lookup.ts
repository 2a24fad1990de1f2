import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { plainHost, type TargetGuard } from './target-guard.ts';

/**
 * A name lookup for `net.connect` that gives only addresses which the guard lets through, so that the address that was
 * checked is the one that is connected to. It fails with the guard's error when none is left.
 *
 * @param onResolved told when the addresses are known, for the time that it took
 */
export function guardedLookup(guard: TargetGuard, port: number, onResolved: () => void): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      onResolved();
      if (error !== null) return callback(error, []);
      let permitted: LookupAddress[];
      try {
        permitted = permittedAddresses(guard, { hostname, port }, addresses);
      } catch (refusal) {
        return callback(refusal as Error, []);
      }
      const [first] = permitted;
      if (options.all === true || first === undefined) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };
}

/** @throws TransportFailure TARGET_REFUSED when every address is refused */
export function permittedAddresses(
  guard: TargetGuard,
  { hostname, port }: { hostname: string; port: number },
  addresses: LookupAddress[],
): LookupAddress[] {
  let refusal: unknown;
  const permitted = addresses.filter(({ address }) => {
    try {
      guard.checkAddress(address, plainHost(hostname), port);
      return true;
    } catch (error) {
      refusal ??= error;
      return false;
    }
  });
  if (permitted.length === 0 && refusal !== undefined) throw refusal as Error;
  return permitted;
}
