import { boundInputTokens, type ChatRequest, outputLimit } from "@agathaai/core/inference";
import { boundCost, findModel } from "@agathaai/core/models";

interface SampleCall {
  model: string;
  question: string;
  inputTokens: number;
  outputTokens: number;
}

interface Amount {
  tokens: number;
  micros: number;
}

export interface SampleReceipt {
  lines: readonly (Amount & { what: string; pricePerMillionMicros: number })[];
  cost: Amount;
  held: Amount;
  released: Amount;
}

/** The receipt of a sample call: held by the functions that hold every call, billed at today's price. */
export function receiptOfSample({
  model: id,
  question,
  inputTokens,
  outputTokens,
}: SampleCall): SampleReceipt {
  const model = findModel(id);
  const request: ChatRequest = { model: id, messages: [{ role: "user", content: question }] };
  const most = { inputTokens: boundInputTokens(request, model), outputTokens: outputLimit(request, model) };
  const held = {
    tokens: most.inputTokens + most.outputTokens,
    micros: Number(boundCost(model, most)),
  };
  const lines = [
    line("Input", inputTokens, model.price.input),
    line("Output", outputTokens, model.price.output),
  ];
  const cost = {
    tokens: inputTokens + outputTokens,
    micros: Math.round(lines.reduce((sum, { micros }) => sum + micros, 0)),
  };
  const released = { tokens: held.tokens - cost.tokens, micros: held.micros - cost.micros };
  return { lines, cost, held, released };
}

function line(what: string, tokens: number, pricePerMillionMicros: number) {
  return { what, tokens, pricePerMillionMicros, micros: (tokens * pricePerMillionMicros) / 1_000_000 };
}
