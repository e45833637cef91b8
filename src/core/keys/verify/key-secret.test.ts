import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { cellOfKey, generateKeySecret, isKeySecret, shownParts } from "./key-secret";

test("a secret names its environment and carries 32 random characters and a checksum", () => {
  expect(generateKeySecret("live")).toMatch(/^agt_live_[0-9A-Za-z]{38}$/);
  expect(generateKeySecret("test")).toMatch(/^agt_test_[0-9A-Za-z]{38}$/);
  const many = Array.from({ length: 500 }, () => generateKeySecret("live"));
  expect(new Set(many).size).toBe(500);
  expect(many.every(isKeySecret)).toBe(true);
});

test("a key of a cell carries its code under the checksum; one without a code is as it always was", () => {
  const secret = generateKeySecret("live", "euw1");
  expect(secret).toMatch(/^agt_live_euw1_[0-9A-Za-z]{38}$/);
  expect(isKeySecret(secret)).toBe(true);
  expect(cellOfKey(secret)).toBe("euw1");
  expect(cellOfKey(generateKeySecret("live"))).toBeUndefined();
  for (const forged of ["_usw2_", "_euw2_", "_", "__", "_EUW1_", "_euw1_euw1_"]) {
    expect(isKeySecret(secret.replace("_euw1_", forged)), forged).toBe(false);
  }
  // Whoever adds a code to an older key has another text.
  expect(isKeySecret(generateKeySecret("live").replace("agt_live_", "agt_live_euw1_"))).toBe(false);
});

test("the random part uses all 62 characters about equally", () => {
  const text = Array.from({ length: 2_000 }, () => generateKeySecret("live").slice(9, 41)).join("");
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  const mean = text.length / 62;
  for (const count of counts.values()) expect(Math.abs(count - mean)).toBeLessThan(mean * 0.25);
});

test("the random part comes from the cryptographic generator, and not from Math.random", () => {
  const weak = vi.spyOn(Math, "random").mockReturnValue(0.5);
  const secrets = new Set(Array.from({ length: 100 }, () => generateKeySecret("live")));
  expect(weak).not.toHaveBeenCalled();
  weak.mockRestore();
  expect(secrets.size).toBe(100);
});

test("the published pattern finds every key, whole, in whatever it stands", () => {
  const guide = readFileSync(new URL("../../../../docs/keys-and-roles.md", import.meta.url), "utf8");
  const published = /^\| API key \| `([^`]+)` /m.exec(guide)?.[1]?.replaceAll("\\|", "|") ?? "none";
  const route = new URL("../../../server/trpc/routers/keys/keys.ts", import.meta.url);
  expect(readFileSync(route, "utf8")).toContain(`API keys match \`${published}\``);
  for (let round = 0; round < 200; round += 1) {
    for (const secret of [generateKeySecret("live"), generateKeySecret("test", "euw1")]) {
      const found = `OPENAI_API_KEY="${secret}"\n`.match(new RegExp(published, "g"));
      expect(found).toEqual([secret]);
    }
  }
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
  expect(shownParts(generateKeySecret("test", "eu")).prefix).toMatch(/^agt_test_eu_[0-9A-Za-z]{4}$/);
  const unknown = 32 - 4;
  expect(unknown * Math.log2(62)).toBeGreaterThan(128);
});
