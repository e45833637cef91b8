import ipaddr from "ipaddr.js";

/** A network, as its address and prefix length. */
export type IpRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Undefined for what is neither an address nor a range. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = "", bits, ...rest] = text.split("/");
  if (rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  // A range written as ::ffff:192.0.2.0/120 counts its bits from the IPv6 start.
  const mapped = parsed.kind() === "ipv4" && address.includes(":");
  const width = parsed.kind() === "ipv4" ? 32 : 128;
  const prefix = bits === undefined ? width : Number(bits) - (mapped ? 96 : 0);
  if (prefix < 0 || prefix > width) return undefined;
  const cidr = `${parsed.toString()}/${prefix}`;
  const network =
    parsed.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return [network, prefix];
}

/** Whether the address lies in one of the ranges. What is not an address lies in none. */
export function isInRanges(address: string | null, ranges: readonly IpRange[]): boolean {
  const parsed = address === null ? undefined : parseAddress(address);
  if (parsed === undefined) return false;
  return ranges.some(([network, prefix]) => {
    return network.kind() === parsed.kind() && parsed.match([network, prefix]);
  });
}

/** Whether every address of the one is in the other. */
export function containsRange([network, prefix]: IpRange, [inner, innerPrefix]: IpRange): boolean {
  return network.kind() === inner.kind() && prefix <= innerPrefix && inner.match([network, prefix]);
}

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}

/** Its one spelling: host bits cleared, IPv4 inside IPv6 as IPv4, the prefix always written. */
export function formatIpRange([network, prefix]: IpRange): string {
  return `${network.toString()}/${prefix}`;
}
