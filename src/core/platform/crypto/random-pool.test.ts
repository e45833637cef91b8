import { expect, test } from "vitest";
import { fillRandom } from "./random-pool";

test("no bytes are given twice, whatever the sizes", () => {
  const seen = new Set<string>();
  const sizes = [12, 16, 16, 1_000, 2_000, 16];
  for (let round = 0; round < 2_000; round++) {
    const bytes = fillRandom(new Uint8Array(sizes[round % sizes.length] ?? 16));
    seen.add(Buffer.from(bytes).toString("hex"));
  }
  expect(seen.size).toBe(2_000);
});

test("every byte takes every value", () => {
  const values = new Set<number>();
  for (let round = 0; round < 2_000; round++)
    for (const byte of fillRandom(new Uint8Array(16))) values.add(byte);
  expect(values.size).toBe(256);
});
