import ipaddr from "ipaddr.js";

/** What one customer of a hoster rents, /24 of IPv4 and /48 of IPv6: `203.0.113.9` → `203.0.113.0/24`; IPv4 inside IPv6 counts as IPv4. */
export function addressBlock(ip: string): string {
  if (!ipaddr.isValid(ip)) return "unknown";
  const address = ipaddr.process(ip);
  return address.kind() === "ipv4"
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/24`).toString()}/24`
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/48`).toString()}/48`;
}
