import { expect, test } from "vitest";
import { generateKeySecret, isKeySecret, shownParts } from "./key-secret";

test("a secret names its environment and carries 32 random characters and a checksum", () => {
  expect(generateKeySecret("live")).toMatch(/^agt_live_[0-9A-Za-z]{38}$/);
  expect(generateKeySecret("test")).toMatch(/^agt_test_[0-9A-Za-z]{38}$/);
  const many = Array.from({ length: 500 }, () => generateKeySecret("live"));
  expect(new Set(many).size).toBe(500);
  expect(many.every(isKeySecret)).toBe(true);
});

test("the random part uses all 62 characters about equally", () => {
  const text = Array.from({ length: 2_000 }, () => generateKeySecret("live").slice(9, 41)).join("");
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  const mean = text.length / 62;
  for (const count of counts.values()) expect(Math.abs(count - mean)).toBeLessThan(mean * 0.25);
});

test("any changed, missing or added character is noticed", () => {
  const secret = generateKeySecret("live");
  for (let i = 0; i < secret.length; i += 1) {
    const other = secret[i] === "x" ? "y" : "x";
    expect(isKeySecret(secret.slice(0, i) + other + secret.slice(i + 1))).toBe(false);
    expect(isKeySecret(secret.slice(0, i) + secret.slice(i + 1))).toBe(false);
  }
  expect(isKeySecret(`${secret}x`)).toBe(false);
  expect(isKeySecret(secret.replace("live", "test"))).toBe(false);
  expect(isKeySecret("")).toBe(false);
});

test("what is shown of a key leaves more than 128 bits of it unknown", () => {
  const secret = generateKeySecret("test");
  const { prefix, lastFour } = shownParts(secret);
  expect(secret.startsWith(prefix) && secret.endsWith(lastFour)).toBe(true);
  expect(prefix).toHaveLength(13);
  const unknown = 32 - 4;
  expect(unknown * Math.log2(62)).toBeGreaterThan(128);
});
