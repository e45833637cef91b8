import { expect, it } from "vitest";
import { addressBlock } from "./address-block";

it("addresses of IPv4 are counted by /24, also inside IPv6, and those of IPv6 by /48", () => {
  expect(addressBlock("203.0.113.9")).toBe("203.0.113.0/24");
  expect(addressBlock("::ffff:203.0.113.250")).toBe("203.0.113.0/24");
  expect(addressBlock("2001:db8:1:2::9")).toBe(addressBlock("2001:db8:1:ffff::1"));
  expect(addressBlock("2001:db8:2::9")).not.toBe(addressBlock("2001:db8:1::9"));
  expect(addressBlock("nonsense")).toBe("unknown");
});
