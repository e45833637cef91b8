import { describe, expect, it } from "vitest";
import { outlookOf, projectedShare, runsOutOn, usedPercent, usedShare } from "./quota-labels";

const quota = {
  limit: 100_000,
  used: 50_000,
  reserved: 0,
  projected: 200_000,
  period_start: "2026-11-01T00:00:00.000Z",
  reset_at: "2026-12-01T00:00:00.000Z",
};

describe("the labels of the quota", () => {
  it("names the day on which it runs out", () => {
    expect(runsOutOn(quota)).toBe("November 16");
    expect(outlookOf(quota)).toBe(
      "On track for about 200,000. At this pace you’ll run out around November 16.",
    );
  });

  it("names no day where the quota lasts, is unlimited, or is used up already", () => {
    expect(runsOutOn({ ...quota, projected: 100_000 })).toBeNull();
    expect(runsOutOn({ ...quota, limit: null })).toBeNull();
    expect(outlookOf({ ...quota, used: 100_000 })).toBe("You’ve used all of this month’s tokens.");
    expect(outlookOf({ ...quota, used: 0, projected: 0 })).toBe("Nothing used yet this month.");
  });

  it("has shares of a limit alone", () => {
    expect([usedShare(quota), projectedShare(quota)]).toEqual([0.5, 2]);
    expect([usedShare({ ...quota, limit: null }), projectedShare({ ...quota, limit: null })]).toEqual([
      null,
      null,
    ]);
    expect(usedShare({ ...quota, limit: 0 })).toBe(1);
  });

  it("says less than a percent of a first request, and 100% of a limit that is used up alone", () => {
    expect(usedPercent({ ...quota, used: 0 })).toBe("0%");
    expect(usedPercent({ ...quota, used: 116 })).toBe("<1%");
    expect(usedPercent({ ...quota, used: 99_999 })).toBe("99%");
    expect(usedPercent({ ...quota, used: 100_000 })).toBe("100%");
    expect(usedPercent({ ...quota, limit: null })).toBeNull();
  });
});
