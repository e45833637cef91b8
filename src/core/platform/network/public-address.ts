import ipaddr from "ipaddr.js";

/** All of IPv6 that is given out for the internet (RFC 4291 §2.4); `::7f00:1`, which is 127.0.0.1 of old, is not of it. */
const GLOBAL_IPV6 = ipaddr.parse("2000::");

/**
 * Whether an address belongs to the public internet. Private, loopback, link-local (a cloud's metadata), carrier-grade,
 * multicast and reserved networks do not, nor do IPv6 forms that carry an IPv4 address (6to4, Teredo, NAT64), and no text that
 * is no address. A mapped IPv4 address counts as that IPv4 address.
 * (OWASP, Server-Side Request Forgery Prevention; IANA's special-purpose registries, as `ipaddr.js` has them.)
 */
export function isPublicAddress(text: string): boolean {
  if (text.includes("%") || !ipaddr.isValid(text)) return false;
  if (!text.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(text)) return false;
  const address = ipaddr.process(text);
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || address.match(GLOBAL_IPV6, 3);
}

/** RFC 6761 and others: names that never lead to the public internet. */
const localNames = /(^|\.)(localhost|local|internal|home\.arpa|test|invalid|example|onion)$/;

/** False where the host is an address or a name inside a network. A public name may still resolve to one. */
export function leadsOutside({ hostname }: Pick<URL, "hostname">): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (host.includes(":") || /^[\d.]+$/.test(host)) return isPublicAddress(host);
  return host.includes(".") && !localNames.test(host);
}
