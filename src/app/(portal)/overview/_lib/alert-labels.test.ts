import { describe, expect, it } from "vitest";
import { capAlert, paymentAlert, quotaAlert } from "./alert-labels";

const quota = (used: number) => ({
  limit: 1_000,
  used,
  reserved: 0,
  projected: used,
  period_start: "2026-11-01T00:00:00.000Z",
  reset_at: "2026-12-01T00:00:00.000Z",
});

describe("the overview's warnings", () => {
  it("tokens: silent below 80%, a warning from there, a danger at the end", () => {
    expect(quotaAlert({ quota: quota(799), goes_past_quota: false })).toBeNull();
    expect(quotaAlert({ quota: quota(800), goes_past_quota: false })).toMatchObject({ tone: "attention" });
    expect(quotaAlert({ quota: quota(1_000), goes_past_quota: false })).toMatchObject({
      tone: "danger",
      children: expect.stringContaining("refused until December 1"),
    });
    expect(quotaAlert({ quota: { ...quota(5_000), limit: null }, goes_past_quota: false })).toBeNull();
  });

  it("tokens, with overage on: never says that requests are refused, but what they cost", () => {
    expect(quotaAlert({ quota: quota(900), goes_past_quota: true })).toBeNull();
    const alert = quotaAlert({ quota: quota(1_200), goes_past_quota: true });
    expect(alert).toMatchObject({ tone: "attention", children: expect.stringContaining("billed") });
    expect(alert?.children).not.toContain("refused");
  });

  it("a cap: whose it is, what is spent of it, and what stops", () => {
    const key = { id: "key_1", name: "Laptop" };
    expect(capAlert({ key, cap_micros: 5_000_000, spent_micros: 5_000_000 })).toEqual({
      tone: "danger",
      title: "The key Laptop has reached its cap",
      children:
        "$5.00 of $5.00 spent this month. Its live requests are refused until the month ends or you raise the cap.",
    });
    expect(capAlert({ key: null, cap_micros: 5_000_000, spent_micros: 4_500_000 })).toMatchObject({
      tone: "attention",
      title: "Your organization has used 90% of its cap",
    });
  });

  it("a failed payment: until when the plan lasts, or that it has ended", () => {
    expect(paymentAlert("2026-11-30T10:00:00.000Z").children).toContain("November 30 (UTC)");
    expect(paymentAlert(null)).toMatchObject({ tone: "danger" });
  });
});
