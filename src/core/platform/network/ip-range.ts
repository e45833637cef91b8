import ipaddr from "ipaddr.js";

/** A network, as its address and prefix length. */
export type IpRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Undefined for text that is neither an address nor a range. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = "", bits, ...rest] = text.split("/");
  if (rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return undefined;
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  // The prefix of ::ffff:192.0.2.0/120 counts from the start of the IPv6 address.
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

/** Whether the address is in one of the ranges. False for text that is no address. */
export function isInRanges(address: string | null, ranges: readonly IpRange[]): boolean {
  const parsed = address === null ? undefined : parseAddress(address);
  if (parsed === undefined) return false;
  return ranges.some(([network, prefix]) => {
    return network.kind() === parsed.kind() && parsed.match([network, prefix]);
  });
}

/** Whether the first range contains the whole second one. */
export function containsRange([network, prefix]: IpRange, [inner, innerPrefix]: IpRange): boolean {
  return network.kind() === inner.kind() && prefix <= innerPrefix && inner.match([network, prefix]);
}

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}

/** The canonical form: host bits cleared, mapped IPv4 as IPv4, the prefix always written. */
export function formatIpRange([network, prefix]: IpRange): string {
  return `${network.toString()}/${prefix}`;
}
