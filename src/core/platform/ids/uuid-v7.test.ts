import { afterEach, expect, test, vi } from "vitest";
import { timeOfId } from "./ids";
import { nextUuidV7, nextUuidV7Digits } from "./uuid-v7";

afterEach(() => {
  vi.useRealTimers();
});

test("an id is a UUIDv7 that carries its millisecond", () => {
  vi.useFakeTimers({ now: new Date("2031-05-06T07:08:09.123Z") });
  const id = nextUuidV7();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(timeOfId(id)).toEqual(new Date("2031-05-06T07:08:09.123Z"));
});

test("ids of one process only grow, within a millisecond and where the clock goes back", () => {
  vi.useFakeTimers({ now: new Date("2032-01-01T00:00:00Z") });
  let before = nextUuidV7();
  for (let count = 0; count < 10_000; count++) {
    if (count === 5_000) vi.setSystemTime(new Date("2031-12-31T23:59:59Z"));
    if (count === 7_500) vi.setSystemTime(new Date("2032-01-01T00:00:01Z"));
    const id = nextUuidV7();
    expect(id > before).toBe(true);
    before = id;
  }
});

test("every bit but those of version and variant takes both values", () => {
  vi.useFakeTimers();
  const [zeros, ones] = [new Set<number>(), new Set<number>()];
  for (let count = 0; count < 2_000; count++) {
    vi.setSystemTime(new Date(Date.UTC(2040, 0, 1) + count));
    const bits = BigInt(`0x${nextUuidV7().replaceAll("-", "")}`);
    for (let bit = 0; bit < 80; bit++) ((bits >> BigInt(bit)) & 1n ? ones : zeros).add(bit);
  }
  const fixed = new Set([62, 63, 76, 77, 78, 79]);
  for (let bit = 0; bit < 80; bit++) {
    // The highest bit of the sequence is left free to count up.
    if (fixed.has(bit) || bit === 75) continue;
    expect([bit, zeros.has(bit), ones.has(bit)]).toEqual([bit, true, true]);
  }
});

test("an id of digits alone is the next one without its dashes", () => {
  vi.useFakeTimers({ now: new Date("2041-05-06T07:08:09.123Z") });
  const [before, digits, after] = [nextUuidV7(), nextUuidV7Digits(), nextUuidV7()];
  expect(digits).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  expect(digits > before.replaceAll("-", "")).toBe(true);
  expect(digits < after.replaceAll("-", "")).toBe(true);
});
