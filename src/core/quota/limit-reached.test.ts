import { expect, test } from "vitest";
import { limitReached } from "./limit-reached";

const at = new Date("2026-11-23T12:00:00Z");
const period = { startsAt: new Date("2026-11-01T00:00:00Z"), resetsAt: new Date("2026-12-01T00:00:00Z") };

test("a full quota says what is used, what is reserved, and when the period ends", () => {
  const error = limitReached({
    by: "quota",
    at,
    ...period,
    asked: 1_500,
    limit: 1_000,
    used: 90,
    reserved: 900,
  });
  expect(error).toMatchObject({
    code: "quota_exceeded",
    status: 429,
    retryAfterSeconds: 7.5 * 24 * 3_600,
  });
  expect(error.public).toContain("90 of 1,000 tokens are used, and 900 are held");
  expect(error.public).toContain("2026-12-01 00:00 UTC");
});

test("a reached cap says whose it is, in dollars, and where it is raised", () => {
  const state = { at, ...period, asked: 41_280, limit: 5_000_000, used: 4_990_000, reserved: 0 };
  const ofOrg = limitReached({ ...state, by: "org_cap" });
  expect(ofOrg).toMatchObject({ code: "spend_cap_reached", status: 402 });
  expect(ofOrg.public).toContain(
    "may cost up to $0.04128, more than is left under the spend cap of your organization",
  );
  expect(ofOrg.public).toContain("$4.99 of $5.00 are spent this month. ");
  expect(limitReached({ ...state, by: "key_cap" }).public).toContain("the spend cap of this API key");
});
