import { z } from "zod";
import { formatIpRange, parseIpRange } from "../platform/network/ip-range";

/**
 * One entry of an allow-list in its one spelling. Classful, octal and hexadecimal IPv4 (`010.1`, `0x7f.1`) is refused:
 * readers disagree on what it means.
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
