import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";

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

/** IPv4 inside IPv6 becomes IPv4, so that one caller has one address. */
function normalize(text: string | undefined): string | undefined {
  if (text === undefined || !ipaddr.isValid(text)) return undefined;
  return ipaddr.process(text).toString();
}
