import { expect, it } from "vitest";
import { type KeyLimits, widens } from "./key-limits";

const bounded: KeyLimits = {
  models: ["gpt-4o", "gpt-4"],
  ipAllowlist: ["10.0.0.0/8", "2001:db8::/32"],
  rpmLimit: 60,
  monthlyCapMicros: 20_000n,
  expiresAt: new Date("2027-01-01T00:00:00Z"),
};
const free: KeyLimits = {
  models: [],
  ipAllowlist: [],
  rpmLimit: null,
  monthlyCapMicros: null,
  expiresAt: null,
};

it.each<Partial<KeyLimits>>([
  { models: [] },
  { models: ["gpt-4o", "gemini-pro"] },
  { ipAllowlist: [] },
  { ipAllowlist: ["10.0.0.0/7"] },
  { ipAllowlist: ["10.0.0.0/8", "11.0.0.0/8"] },
  { ipAllowlist: ["::/0"] },
  { ipAllowlist: ["unreadable"] },
  { rpmLimit: null },
  { rpmLimit: 61 },
  { monthlyCapMicros: null },
  { monthlyCapMicros: 20_001n },
  { expiresAt: null },
  { expiresAt: new Date("2027-01-01T00:00:00.001Z") },
])("a limit that is lifted or raised widens the key: %o", (change) => {
  expect(widens(bounded, { ...bounded, ...change })).toBe(true);
});

it.each<Partial<KeyLimits>>([
  {},
  { models: ["gpt-4"] },
  { ipAllowlist: ["10.1.0.0/16", "2001:db8:1::/48"] },
  { ipAllowlist: ["10.0.0.7/32"] },
  { rpmLimit: 59 },
  { monthlyCapMicros: 10_000n },
  { expiresAt: new Date("2026-12-01T00:00:00Z") },
])("a change within the limits does not widen the key: %o", (change) => {
  expect(widens(bounded, { ...bounded, ...change })).toBe(false);
});

it("a limit given where there was none is narrower", () => expect(widens(free, bounded)).toBe(false));
