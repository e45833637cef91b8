import { expect, test } from "vitest";
import { lowestIdAt, newId, timeOfId } from "./ids";

test("the lowest id of a millisecond is below all of its ids and above all of the one before", () => {
  const at = new Date("2026-11-25T10:00:00.123Z");
  const lowest = lowestIdAt(at);
  expect(timeOfId(lowest)).toEqual(at);
  for (let times = 0; times < 1_000; times++) {
    expect(newId(at) >= lowest).toBe(true);
    expect(newId(new Date(at.getTime() - 1)) < lowest).toBe(true);
  }
});
