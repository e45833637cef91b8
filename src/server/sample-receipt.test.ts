import { listModels } from "@agathaai/core/models";
import { expect, it } from "vitest";
import { receiptOfSample } from "./sample-receipt";

it("the landing page's receipt adds up: its lines to the cost, cost and release to what was held", () => {
  // A price that knows hours is listed at its dearer one.
  const models = listModels().data.filter(
    ({ deprecated, kind, off_peak }) => !deprecated && kind === "chat" && off_peak === null,
  );
  expect(models.length).toBeGreaterThan(0);
  for (const {
    id,
    input_price_per_million_micros: input,
    output_price_per_million_micros: output,
  } of models) {
    const receipt = receiptOfSample({
      model: id,
      question: "Why does an agate have bands?",
      inputTokens: 14,
      outputTokens: 19,
    });
    expect(receipt.lines.map(({ pricePerMillionMicros }) => pricePerMillionMicros)).toEqual([input, output]);
    expect(receipt.cost).toEqual({ tokens: 33, micros: Math.round((14 * input + 19 * output) / 1_000_000) });
    expect(receipt.cost.tokens + receipt.released.tokens).toBe(receipt.held.tokens);
    expect(receipt.cost.micros + receipt.released.micros).toBe(receipt.held.micros);
    expect(receipt.released.micros, `${id} cost more than was held`).toBeGreaterThan(0);
  }
});
