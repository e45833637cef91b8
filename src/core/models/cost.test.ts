import { describe, expect, it } from "vitest";
import { price as entry } from "./catalogue/price";
import { boundCost, costOf, findModel, listModels, toTokenUsage } from "./index";

const today = new Date("2026-11-23T12:00:00Z");

describe("boundCost", () => {
  it("is never below what a request within its tokens is billed, for any model and split of its input", () => {
    for (const { id } of listModels({ at: today }).data) {
      const model = findModel(id, today);
      for (const inputTokens of [0, 1, 3, 999, 1_234_567]) {
        for (const outputTokens of [0, 1, 7, 4_096]) {
          const most = boundCost(model, { inputTokens, outputTokens });
          for (const cachedInputTokens of [0, Math.floor(inputTokens / 2), inputTokens]) {
            const billed = costOf(
              model.priceVersion,
              toTokenUsage({ inputTokens, cachedInputTokens, outputTokens }),
            );
            expect(billed).toBeLessThanOrEqual(most);
          }
        }
      }
    }
  });

  it("takes the dearer price of input and rounds up at the micro-dollar", () => {
    const price = entry("2026-01-01", 0.1, 0.3, 1.000001);
    expect(boundCost({ price }, { inputTokens: 10, outputTokens: 0 })).toBe(3n);
    expect(boundCost({ price }, { inputTokens: 0, outputTokens: 1 })).toBe(2n);
    expect(boundCost({ price }, { inputTokens: 0, outputTokens: 0 })).toBe(0n);
  });
});
