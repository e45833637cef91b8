import { describe, expect, it } from "vitest";
import { combinedLabels, type Quote, quoteLabels } from "./quote-labels";

const uncapped = { cap_micros: null, spent_micros: 0, reserved_micros: 0, fits: true };
const quote: Quote = {
  model: "gpt-4o",
  environment: "live",
  price_version: "gpt-4o@2024-08-06",
  max_output_tokens: 4_096,
  estimate: { input_tokens: 31, output_tokens: 115, cost_micros: 1_200 },
  most: { input_tokens: 105, output_tokens: 4_096, total_tokens: 4_201, cost_micros: 41_223 },
  reserved_tokens: 4_201,
  reserved_micros: 41_223,
  input_tokens: { estimate: 31, most: 105 },
  tokens_reserved: 4_201,
  cost_micros: { estimate: 1_200, most: 41_223 },
  quota: { limit: 100_000, used: 98_000, reserved: 0, remaining: 2_000, overage: false, fits: true },
  spend: uncapped,
  key_spend: null,
  fits: true,
};

describe("the labels of a quote", () => {
  it("states tokens and cost, with an estimate where there is one", () => {
    expect(quoteLabels(quote)).toEqual({
      line: "About 31 tokens in, up to 4,096 out · about $0.0012, at most $0.0412",
    });
    const estimate = { ...quote.estimate, output_tokens: null, cost_micros: null };
    expect(quoteLabels({ ...quote, estimate }).line).toContain("out · at most");
    expect(quoteLabels({ ...quote, environment: "test" }).line).toContain("free, simulated");
  });

  it("says why the month's tokens are not enough, and the max tokens that would fit", () => {
    const labels = quoteLabels({ ...quote, fits: false, quota: { ...quote.quota, fits: false } });
    expect(labels.problem?.text).toContain("2,000 of this month’s 100,000 are left");
    expect(labels.fittingMaxTokens).toBe(2_000 - 105);
    const full = { ...quote.quota, remaining: 50, fits: false };
    expect(quoteLabels({ ...quote, fits: false, quota: full })).not.toHaveProperty("fittingMaxTokens");
    expect(quoteLabels({ ...quote, fits: false, quota: full }).problem?.advice).toContain(
      "Shorten the messages",
    );
  });

  it("says how much of the cap is left", () => {
    const spend = { cap_micros: 1_000_000, spent_micros: 970_000, reserved_micros: 10_000, fits: false };
    expect(quoteLabels({ ...quote, fits: false, spend }).problem?.text).toBe(
      "It can cost up to $0.0412; $0.02 of your organization’s $1.00 monthly cap is left.",
    );
  });
});

describe("the labels of several quotes", () => {
  it("add up, and say where each fits alone but not all together", () => {
    const roomy = { ...quote, quota: { ...quote.quota, remaining: 50_000 } };
    expect(combinedLabels([roomy, roomy])).toEqual({ line: "Together at most 8,402 tokens and $0.0824" });
    const tight = { ...quote, quota: { ...quote.quota, remaining: 5_000 } };
    expect(combinedLabels([tight, tight])?.problem).toContain("5,000 tokens are left");
    const capped = { ...roomy, spend: { ...uncapped, cap_micros: 50_000 } };
    expect(combinedLabels([capped, capped])?.problem).toContain("monthly cap");
    expect(combinedLabels([quote])).toBeNull();
  });
});
