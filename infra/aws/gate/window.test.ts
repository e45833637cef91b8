import { expect, it } from "vitest";
import { inWindow, mayDeploy } from "./window";

it.each([
  ["Tuesday 10:00", "2026-12-01T15:00:00Z", true],
  ["Tuesday 09:59", "2026-12-01T14:59:59Z", false],
  ["Thursday 13:59", "2026-12-03T18:59:59Z", true],
  ["Thursday 14:00", "2026-12-03T19:00:00Z", false],
  ["Wednesday 11:00", "2026-12-02T16:00:00Z", false],
  ["Tuesday 10:00 in summer, an hour earlier in UTC", "2026-07-07T14:00:00Z", true],
  ["Tuesday 14:00 in summer", "2026-07-07T18:00:00Z", false],
  ["Monday evening, Tuesday in UTC", "2026-12-01T02:00:00Z", false],
])("the standard window: %s", (_, at, open) => {
  expect(inWindow(new Date(at), "standard")).toBe(open);
});

it.each([
  ["Saturday 02:00", "2026-12-05T07:00:00Z", true],
  ["Saturday 05:59", "2026-12-05T10:59:59Z", true],
  ["Saturday 06:00", "2026-12-05T11:00:00Z", false],
  ["Sunday 03:00", "2026-12-06T08:00:00Z", false],
])("the maintenance window: %s", (_, at, open) => {
  expect(inWindow(new Date(at), "maintenance")).toBe(open);
});

it("outside the windows only an emergency is deployed, and the refusal says when", () => {
  const friday = new Date("2026-12-04T17:00:00Z");
  expect(mayDeploy(friday, { emergency: false })).toEqual({
    may: false,
    because: expect.stringContaining("Tue/Thu 10:00–14:00"),
  });
  expect(mayDeploy(friday, { emergency: true }).may).toBe(true);
});
