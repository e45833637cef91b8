import { describe, expect, it } from "vitest";
import { emptyDraft, type OverrideDraft, readDraft } from "./override-draft";

const draft = (more: Partial<OverrideDraft>) => ({ ...emptyDraft(undefined), reason: "Agreed", ...more });
const inputOf = (more: Partial<OverrideDraft>) =>
  readDraft("org_x", draft(more), new Date("2026-11-26T12:00:00Z"));

describe("the override form", () => {
  it("sends empty fields as the plan's own values", () => {
    expect(inputOf({})).toEqual({
      input: {
        organization_id: "org_x",
        plan: "enterprise",
        monthly_tokens: null,
        requests_per_minute: null,
        monthly_price_cents: null,
        reason: "Agreed",
        expires_at: null,
      },
    });
  });

  it("reads numbers and money as people write them, exactly", () => {
    expect(inputOf({ tokens: "5,000,000", requests: "2000", dollars: "$1,234.5" })).toMatchObject({
      input: { monthly_tokens: 5_000_000, requests_per_minute: 2_000, monthly_price_cents: 123_450 },
    });
    expect(inputOf({ dollars: "1.29" })).toMatchObject({ input: { monthly_price_cents: 129 } });
  });

  it("applies through its last day", () => {
    expect(inputOf({ lastDay: "2026-12-31" })).toMatchObject({
      input: { expires_at: "2027-01-01T00:00:00.000Z" },
    });
  });

  it("names the fields that it cannot read", () => {
    expect(inputOf({ tokens: "1.5m", requests: "-1", dollars: "1.234", lastDay: "2026-02-30" })).toEqual({
      errors: {
        tokens: expect.any(String),
        requests: expect.any(String),
        dollars: expect.any(String),
        lastDay: expect.any(String),
      },
    });
  });

  it.each([
    ["dollars", "99,50"],
    ["dollars", "1.000"],
    ["dollars", "1,00"],
    ["dollars", "5 000"],
    ["tokens", "1,5"],
    ["tokens", "5.000"],
    ["requests", "2 000"],
    ["requests", "1e3"],
    ["lastDay", "2026-11-25"],
  ])("refuses ambiguous values and ends that have passed: %s %j", (field, text) => {
    expect(inputOf({ [field]: text })).toEqual({ errors: { [field]: expect.any(String) } });
  });

  it("starts from an inquiry without copying its text", () => {
    const from = emptyDraft({
      id: "inq_1",
      name: "Grace",
      email: "grace@example.com",
      company: "Nanoseconds",
      expected_volume: "10m_100m",
      message: "Hello",
      organization_id: null,
      created_at: "2026-11-25T10:00:00.000Z",
      handled_at: null,
    });
    expect(from).toMatchObject({ tokens: "100,000,000", reason: "Agreed after inquiry inq_1" });
    expect(JSON.stringify(from)).not.toMatch(/Grace|Nanoseconds|Hello/);
  });
});
