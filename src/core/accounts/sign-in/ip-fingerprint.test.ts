import { expect, test } from "vitest";
import { ipBlock } from "./ip-fingerprint";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"],
  ["nonsense", "unknown"],
])("%s counts as %s", (address, block) => {
  expect(ipBlock(address)).toBe(block);
});
