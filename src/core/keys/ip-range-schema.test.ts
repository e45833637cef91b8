import { expect, test } from "vitest";
import { ipRangeSchema } from "./ip-range-schema";

test.each([
  ["203.0.113.7", "203.0.113.7/32"],
  ["10.1.2.3/8", "10.0.0.0/8"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["2001:DB8::1", "2001:db8::1/128"],
  ["2001:db8:ffff::/32", "2001:db8::/32"],
  ["::ffff:203.0.113.7", "203.0.113.7/32"],
  ["::ffff:203.0.113.0/120", "203.0.113.0/24"],
  [" 203.0.113.7 ", "203.0.113.7/32"],
])("%s is kept as %s", (text, kept) => {
  expect(ipRangeSchema.parse(text)).toBe(kept);
});

test.each([
  "",
  "localhost",
  "203.0.113",
  "203.0.113.256",
  "010.0.0.1.1",
  "0x7f.0.0.1",
  "2130706433",
  "10.0.0.0/33",
  "10.0.0.0/-1",
  "10.0.0.0/8/8",
  "10.0.0.0/",
  "2001:db8::/129",
  "::ffff:10.0.0.0/8",
  "fe80::1%eth0",
])("%j is refused", (text) => {
  expect(ipRangeSchema.safeParse(text).success).toBe(false);
});
