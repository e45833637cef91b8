import ipaddr from "ipaddr.js";
import { z } from "zod";

/** A network, as its address and prefix length. */
export type IpRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/**
 * One entry of an allow-list in its one spelling: host bits cleared, IPv4 inside IPv6 as IPv4, the prefix always
 * written. Classful, octal and hexadecimal IPv4 (`010.1`, `0x7f.1`) is refused: readers disagree on what it means.
 */
export const ipRangeSchema = z
  .string()
  .max(64)
  .transform((text, context) => {
    const range = parseIpRange(text.trim());
    if (range !== undefined) return formatIpRange(range);
    context.issues.push({
      code: "custom",
      message: "must be an IPv4 or IPv6 address or a CIDR range, such as 203.0.113.7 or 2001:db8::/32",
      input: text,
    });
    return z.NEVER;
  });

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

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (text.includes("%") || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}

function formatIpRange([network, prefix]: IpRange): string {
  return `${network.toString()}/${prefix}`;
}
