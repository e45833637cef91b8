import { expect, it } from "vitest";
import { cacheChoices, describeSeconds } from "./cache-time";

it.each([
  [1, "1 second"],
  [90, "90 seconds"],
  [300, "5 minutes"],
  [3_600, "1 hour"],
  [86_400, "1 day"],
  [2_592_000, "30 days"],
])("%i seconds are %s", (seconds, text) => {
  expect(describeSeconds(seconds)).toBe(text);
});

it("a key's odd time stays among the form's choices, in order", () => {
  const values = (current: string) => cacheChoices(current).map(({ value }) => value);
  expect(values("")).toEqual(["", "300", "3600", "86400", "604800", "2592000"]);
  expect(values("3600")).toEqual(values(""));
  expect(values("1000")).toEqual(["", "300", "1000", "3600", "86400", "604800", "2592000"]);
});
