import type { Region } from "../../shared/places";
import { type Provider, providers } from "../../shared/providers";
import { assertProviderInReach, type Bounds } from "../models";
import { AppError } from "../platform";

/** What a provider says to a call that only asks which models there are. */
export type KeyVerdict =
  | { verdict: "works" }
  /** The HTTP status with which it refused the key. */
  | { verdict: "refused"; status: number }
  | { verdict: "unknown"; reason: string };

/** Asks at the address that calls of an organization in this region go to. */
export type TestProviderKey = (
  provider: Provider,
  apiKey: string,
  region: Region | undefined,
) => Promise<KeyVerdict>;

/**
 * Asks the provider before anything is stored; call it outside a transaction.
 * @throws AppError `region_not_allowed`, `provider_not_covered`; `invalid_request`, param `api_key`, where the provider refuses the key; `provider_unavailable` where it
 *   does not say.
 */
export async function assertKeyWorks(
  test: TestProviderKey,
  { provider, apiKey, bounds }: { provider: Provider; apiKey: string; bounds: Bounds },
): Promise<void> {
  assertProviderInReach(provider, bounds);
  const result = await test(provider, apiKey, bounds.residency);
  const { displayName } = providers[provider];
  if (result.verdict === "works") return;
  if (result.verdict === "unknown") {
    throw new AppError("provider_unavailable", {
      public: `${displayName} could not be reached to test the key. Nothing was saved. Try again in a moment.`,
      internal: `provider key test: ${result.reason}`,
      retryAfterSeconds: 5,
    });
  }
  const hint =
    result.status === 403
      ? "It needs permission to list models and to call them."
      : "Check that you copied all of it and that it is active.";
  throw new AppError("invalid_request", {
    public: `${displayName} refused this key (HTTP ${result.status}). ${hint} Nothing was saved.`,
    param: "api_key",
  });
}
