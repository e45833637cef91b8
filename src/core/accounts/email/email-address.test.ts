import { expect, test } from "vitest";
import { emailSchema, normalizeEmail } from "./email-address";

test("spellings that reach the same mailbox become one", () => {
  const spellings = ["ada@example.com", "  Ada@Example.COM ", "ａｄａ@example.com", "ADA@EXAMPLE．COM"];
  expect(new Set(spellings.map(normalizeEmail))).toEqual(new Set(["ada@example.com"]));
  for (const spelling of spellings) expect(emailSchema.parse(spelling)).toBe("ada@example.com");
});

test.each([
  "",
  "ada",
  "ada@",
  "@example.com",
  "ada@example",
  "ada lovelace@example.com",
  "ada@example.com\nbcc: eve@example.com",
  "ada@exa\u0000mple.com",
  "ada@example.com,eve@example.com",
  `${"a".repeat(250)}@example.com`,
])("%j is not taken for an address", (text) => {
  expect(emailSchema.safeParse(text).success).toBe(false);
});
