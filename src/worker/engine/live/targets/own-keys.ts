import type { OwnKey, OwnKeys } from "@agathaai/core/provider-keys";
import { providers } from "../../../../shared/providers";
import { type Credential, dueAt } from "../../credentials/credentials";
import { ProviderFailure } from "../../failures/errors";

/** The state of a key is forgotten with the key. */
const credentials = new WeakMap<OwnKey, Credential>();

/**
 * The next of a customer's own keys that is not among `tried`, in their order. One that rests, since it was refused or limited
 * a moment ago, comes after those that do not, but always before ours: nobody is billed by us for a guess.
 */
export function nextOwnKey(
  { keys }: OwnKeys,
  tried: ReadonlySet<Credential>,
  model: string,
  now: number,
): Credential | undefined {
  const left = keys.map(credentialOf).filter((credential) => !tried.has(credential));
  return left.find((credential) => dueAt(credential, model) <= now) ?? left[0];
}

function credentialOf(own: OwnKey, index: number): Credential {
  const known = credentials.get(own);
  if (known !== undefined) return known;
  const made: Credential = {
    key: own.apiKey,
    label: `own-${index + 1}`,
    restUntil: 0,
    restUntilByModel: new Map(),
  };
  credentials.set(own, made);
  return made;
}

/** A failure as the owner of the key sees it: what the provider refused, unpaid or limited, is theirs to mend. */
export function failureOfOwnKey(failure: ProviderFailure): ProviderFailure {
  const { kind, provider, retryAfterMs } = failure;
  if ((kind !== "auth" && kind !== "rate_limited") || provider === "simulator") return failure;
  const { displayName } = providers[provider];
  return new ProviderFailure(kind, {
    provider,
    detail: `own key: ${failure.message}`,
    ...(kind === "auth"
      ? {
          publicCode: "provider_key_refused",
          publicMessage: `${displayName} refused your organization's own key, or it may not use this model or has no credit. Check it at ${displayName}, replace it in Settings, or allow fallback there.`,
        }
      : {
          retryAfterMs,
          publicCode: "provider_key_limited",
          publicMessage: `${displayName} is limiting your organization's own key. Wait for retry-after seconds, raise its limits at ${displayName}, or allow fallback in Settings.`,
        }),
  });
}
