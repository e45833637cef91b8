import type { CallEnd, Settlement } from "@agathaai/core/admission";

const MICROS = 1_000_000;

/** What a call came to here, and with the organization's own key at the provider. */
export interface Charged extends Settlement {
  providerMicros?: bigint | undefined;
}

export function chargedFor({ ownKey, amounts }: CallEnd, settlement: Settlement): Charged {
  return ownKey ? { ...settlement, providerMicros: amounts?.providerMicros } : settlement;
}

/**
 * The usage as the client sees it: OpenAI's fields, and the dollars that this call was billed at. With the organization's own
 * key also what its provider bills for it, under the names that OpenRouter gave these fields.
 */
export function usageWithCost(usage: object, { billedMicros, providerMicros }: Charged): object {
  const cost = Number(billedMicros) / MICROS;
  if (providerMicros === undefined) return { ...usage, cost };
  const upstream = Number(providerMicros) / MICROS;
  return { ...usage, cost, is_byok: true, cost_details: { upstream_inference_cost: upstream } };
}
