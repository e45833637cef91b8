import { expect, test } from "vitest";
import { isInRanges, parseIpRange } from "./ip-range";

const ranges = ["10.0.0.0/8", "203.0.113.7", "2001:db8::/32"]
  .map(parseIpRange)
  .filter((range) => range !== undefined);

test.each([
  ["10.255.0.1", true],
  ["203.0.113.7", true],
  ["::ffff:10.0.0.1", true],
  ["2001:db8:1::1", true],
  ["11.0.0.1", false],
  ["203.0.113.8", false],
  ["2001:db9::1", false],
  ["::", false],
  ["nonsense", false],
  [null, false],
])("%s is allowed: %s", (address, allowed) => {
  expect(isInRanges(address, ranges)).toBe(allowed);
});
