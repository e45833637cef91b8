import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { Agent } from "undici";
import { isPublicAddress, leadsOutside } from "./public-address";

/** The target is an address inside the network, which is never called. */
export class PrivateTargetError extends Error {
  override name = "PrivateTargetError";
}

export type Lookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const CONNECT_MS = 5_000;
/** Idle connections end soon, so that an address is looked up and checked again. */
const KEEP_ALIVE_MS = 4_000;
const PER_ORIGIN = 8;

/**
 * Connections to public internet addresses only. The name is resolved once for a connection, every address it has must
 * be public, and the connection goes to exactly those: a name that resolves differently a moment later (DNS rebinding)
 * is of no use to an attacker. TLS certificates are verified against the name.
 */
export function publicConnections({
  lookup = systemLookup,
  allowPrivate = false,
}: {
  lookup?: Lookup;
  allowPrivate?: boolean;
} = {}): Agent {
  return new Agent({
    connections: PER_ORIGIN,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: { lookup: publicLookup({ lookup, allowPrivate }), timeout: CONNECT_MS },
  });
}

/** Looks a name up, and gives its addresses only where every one of them is public. */
export function publicLookup({
  lookup = systemLookup,
  allowPrivate = false,
}: {
  lookup?: Lookup;
  allowPrivate?: boolean;
} = {}) {
  const checked: Lookup = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const all = Array.isArray(addresses) ? addresses : [];
      if (all.length > 0 && (allowPrivate || all.every(({ address }) => isPublicAddress(address)))) {
        return callback(null, all);
      }
      callback(new PrivateTargetError(`${hostname} is no public address`), []);
    });
  };
  return callableBoth(checked);
}

/** Node asks for all addresses or for one. */
function callableBoth(checked: Lookup) {
  return (
    hostname: string,
    options: LookupOptions,
    callback: (
      error: NodeJS.ErrnoException | null,
      address: string | LookupAddress[],
      family?: number,
    ) => void,
  ): void => {
    checked(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses;
      if (error !== null || first === undefined) callback(error ?? new Error("no address"), []);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Addresses in a URL are not looked up, so they are checked here. @throws PrivateTargetError */
export function assertPublicTarget(url: URL): void {
  if (!leadsOutside(url)) throw new PrivateTargetError(`${url.hostname} is no public address`);
}

/** The same for a host without a URL. @throws PrivateTargetError */
export function assertPublicHost(hostname: string): void {
  if (!leadsOutside({ hostname })) throw new PrivateTargetError(`${hostname} is no public address`);
}
