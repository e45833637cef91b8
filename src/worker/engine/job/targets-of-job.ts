import type { ClaimedRequest } from "@agathaai/core/inference";
import { findModel, upstreamsOf } from "@agathaai/core/models";
import type { OwnKeysByProvider } from "@agathaai/core/provider-keys";
import { isProvider, providers } from "../../../shared/providers";
import { ProviderFailure } from "../failures/errors";
import type { Target } from "../live/generation";

/**
 * Whom a request may be put to, by what it was accepted as: the upstreams of its model, each with the organization's own
 * keys. Where money was held for our fee alone, ours never answers, whatever has become of those keys.
 *
 * @throws ProviderFailure where nobody may be asked any more.
 */
export function targetsOfJob(job: ClaimedRequest, own: OwnKeysByProvider): readonly [Target, ...Target[]] {
  const model = findModel(job.model, job.createdAt);
  const upstreams =
    job.upstreamModel === model.upstreamModel
      ? upstreamsOf(model)
      : ([{ ...model, upstreamModel: job.upstreamModel, routing: undefined }] as const);
  const { maxOutputTokens } = job;
  if (job.environment === "test") {
    return [{ model: upstreams[0], provider: "simulator", maxOutputTokens }];
  }
  const { provider } = job;
  if (!isProvider(provider)) {
    throw new ProviderFailure("auth", { provider: "simulator", detail: "no such provider" });
  }
  const keys = own[provider];
  if (job.ownKeyOnly && keys === undefined) {
    const { displayName } = providers[provider];
    throw new ProviderFailure("auth", {
      provider,
      detail: "own key removed",
      publicCode: "provider_key_refused",
      publicMessage: `Your organization’s own key at ${displayName} was removed after this request was accepted, and it did not allow ours in its place. Nothing was billed. Add a key in Settings, or send the request again.`,
    });
  }
  const allowed = keys && (job.ownKeyOnly ? { ...keys, thenOurs: false } : keys);
  const at = (upstream: (typeof upstreams)[number]): Target => ({
    model: upstream,
    provider,
    maxOutputTokens,
    ...(allowed !== undefined && { own: allowed }),
  });
  const [first, ...others] = upstreams;
  return [at(first), ...others.map(at)];
}
