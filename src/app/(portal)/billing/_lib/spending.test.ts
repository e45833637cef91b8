import { expect, it } from "vitest";
import { isCapReached, type Spending } from "./spending";

const spending = (cap_micros: number | null, spent_micros: number): Spending => ({
  cap_micros,
  spent_micros,
  reserved_micros: 0,
  resets_at: "2026-12-01T00:00:00.000Z",
  overage: { state: "off", used_micros: 0 },
  keys: [],
});

it.each([
  [null, 5, false],
  [10, 9, false],
  [10, 10, true],
  [10, 11, true],
])("a cap of %s with %s spent is reached: %s", (cap, spent, reached) =>
  expect(isCapReached(spending(cap, spent))).toBe(reached),
);
