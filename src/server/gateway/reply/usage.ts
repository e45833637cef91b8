import type { Settlement } from "@agathaai/core/admission";

const MICROS = 1_000_000;

/** The usage as the client sees it: OpenAI's fields, and the dollars that this call was billed at. */
export function usageWithCost(usage: object, { billedMicros }: Settlement): object {
  return { ...usage, cost: Number(billedMicros) / MICROS };
}
