import { expect, test } from "vitest";
import {
  createKeyInputSchema,
  ipRangeSchema,
  keyScopes,
  listKeysInputSchema,
  rotateKeyInputSchema,
} from "./schemas";

const minimal = { name: "CI", environment: "test" };

test("a key needs a name and an environment, and nothing else", () => {
  expect(createKeyInputSchema.parse(minimal)).toEqual(minimal);
});

test.each([
  ["no name", { environment: "test" }],
  ["an empty name", { ...minimal, name: "   " }],
  ["a long name", { ...minimal, name: "x".repeat(81) }],
  ["a name with a line break", { ...minimal, name: "a\nb" }],
  ["a name with NUL", { ...minimal, name: "a\u0000b" }],
  ["a name with half a surrogate pair", { ...minimal, name: "a\ud800" }],
  ["another environment", { ...minimal, environment: "prod" }],
  ["an unknown field", { ...minimal, admin: true }],
  ["no scopes", { ...minimal, scopes: [] }],
  ["an unknown scope", { ...minimal, scopes: ["everything"] }],
  ["a limit of zero", { ...minimal, rpm_limit: 0 }],
  ["a limit as text", { ...minimal, rpm_limit: "5" }],
  ["a limit of 1.5", { ...minimal, rpm_limit: 1.5 }],
  ["a bad address", { ...minimal, ip_allowlist: ["300.1.1.1"] }],
  ["too many addresses", { ...minimal, ip_allowlist: Array.from({ length: 51 }, (_, i) => `10.0.0.${i}`) }],
  ["a date without time", { ...minimal, expires_at: "2027-01-01" }],
  ["null", null],
])("refused: %s", (_what, input) => {
  expect(createKeyInputSchema.safeParse(input).success).toBe(false);
});

test("repeated entries count once", () => {
  const parsed = createKeyInputSchema.parse({ ...minimal, ip_allowlist: ["10.0.0.1", "10.0.0.1/32"] });
  expect(parsed.ip_allowlist).toEqual(["10.0.0.1/32"]);
});

test("keys cannot be given scopes that manage keys, members or payment", () => {
  expect(keyScopes).not.toContain("keys:write");
  expect(keyScopes).not.toContain("members:write");
  expect(keyScopes).not.toContain("billing:write");
});

test("lists are 1 to 100 long, and only the four graces exist", () => {
  expect(listKeysInputSchema.parse({})).toEqual({ limit: 20, order: "desc" });
  expect(listKeysInputSchema.safeParse({ limit: 0 }).success).toBe(false);
  expect(listKeysInputSchema.safeParse({ limit: 101 }).success).toBe(false);
  const id = "key_01jd0q4g5te8tvhz3t1c7x9ncm";
  expect(rotateKeyInputSchema.safeParse({ id, grace: "2h" }).success).toBe(false);
});

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
