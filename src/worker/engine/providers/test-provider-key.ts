import { env } from "@agathaai/core/platform/env";
import type { KeyVerdict, TestProviderKey } from "@agathaai/core/provider-keys";
import { request } from "undici";
import { placeOf, places } from "../../../shared/places";
import { type Provider, providers } from "../../../shared/providers";
import { failureOfResponse } from "../failures/classify-failure";

const TIMEOUT_MS = 8_000;
const MAX_BYTES = 64 * 1024;

/** Asks for the provider's models with a customer's key, at the address that calls go to. Never throws. */
export const testProviderKey: TestProviderKey = async (provider, apiKey, region) => {
  const { modelsPath, keyHeader } = providers[provider];
  const headers = { [keyHeader]: keyHeader === "authorization" ? `Bearer ${apiKey}` : apiKey };
  const place = placeOf(provider, region);
  const base = place && env()[places[place].baseUrl]?.replace(/\/$/, "");
  if (base === undefined) return { verdict: "unknown", reason: `no address in ${region}` };
  try {
    const response = await request(`${base}${modelsPath}`, {
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { statusCode: status } = response;
    if (status >= 200 && status < 300) {
      await response.body.dump({ limit: MAX_BYTES });
      return { verdict: "works" };
    }
    return verdictOf(provider, status, (await response.body.text()).slice(0, MAX_BYTES));
  } catch (error) {
    // Its text could quote the request.
    return { verdict: "unknown", reason: error instanceof Error ? error.name : "error" };
  }
};

function verdictOf(provider: Provider, status: number, body: string): KeyVerdict {
  const { kind } = failureOfResponse(provider, { status, headers: new Headers(), body });
  // Whom a provider limits it knows.
  if (kind === "rate_limited") return { verdict: "works" };
  if (kind === "auth" || kind === "rejected") return { verdict: "refused", status };
  return { verdict: "unknown", reason: `status ${status}` };
}
