import { type ClaimedRequest, outputLimit } from "@agathaai/core/inference";
import { assertInReach, type Bounds, findModel, type Model, upstreamsOf } from "@agathaai/core/models";
import { AppError } from "@agathaai/core/platform";
import type { OwnKeysByProvider } from "@agathaai/core/provider-keys";
import { isProvider, type Provider, providers } from "../../../../shared/providers";
import { ProviderFailure } from "../../failures/errors";
import type { Target } from "../../live/generation";

/**
 * Whom a request may be put to, by what it was accepted as: the upstreams of its model and then of its fallbacks, each with
 * the organization's own keys. Where money was held for our fee alone, ours never answers, whatever has become of those keys.
 *
 * @throws ProviderFailure where nobody may be asked any more.
 */
export function targetsOfJob(job: ClaimedRequest, own: OwnKeysByProvider): readonly [Target, ...Target[]] {
  const asked = findModel(job.model, job.createdAt);
  const accepted: Model =
    job.upstreamModel === asked.upstreamModel
      ? asked
      : { ...asked, upstreamModel: job.upstreamModel, routing: undefined };
  const fallbacks = (job.input.models ?? []).map((name) => findModel(name, job.createdAt));
  const targets = [
    ...targetsOf(job, own, { model: accepted, provider: job.provider, maxOutputTokens: job.maxOutputTokens }),
    ...fallbacks.flatMap((model) => {
      const { provider } = model;
      return targetsOf(job, own, { model, provider, maxOutputTokens: outputLimit(job.input, model) });
    }),
  ];
  const [first, ...others] = targets;
  if (first !== undefined) return [first, ...others];
  if (isProvider(job.provider)) throw ownKeyRemoved(job.provider);
  throw new ProviderFailure("auth", { provider: "simulator", detail: "no such provider" });
}

interface Answerer {
  model: Model;
  provider: string;
  maxOutputTokens: number;
}

/** Empty if no provider may be asked for this model. */
function targetsOf(
  job: ClaimedRequest,
  own: OwnKeysByProvider,
  { model, provider, maxOutputTokens }: Answerer,
): Target[] {
  const upstreams = upstreamsOf(model);
  const region = job.residency ?? undefined;
  const { hipaa } = job;
  assertStillInReach(model, { residency: region, hipaa });
  if (job.environment === "test") {
    return [{ model: upstreams[0], provider: "simulator", region, hipaa, maxOutputTokens }];
  }
  if (!isProvider(provider)) return [];
  const keys = own[provider];
  if (job.ownKeyOnly && keys === undefined) return [];
  const allowed = keys && (job.ownKeyOnly ? { ...keys, thenOurs: false } : keys);
  return upstreams.map((upstream) => ({
    model: upstream,
    provider,
    region,
    hipaa,
    maxOutputTokens,
    ...(allowed !== undefined && { own: allowed }),
  }));
}

/** The organization may have chosen its region, or HIPAA mode, after the request was accepted. */
function assertStillInReach(model: Model, bounds: Bounds): void {
  try {
    assertInReach(model, bounds);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, public: publicMessage } = error;
    throw new ProviderFailure("rejected", {
      provider: model.provider,
      detail: "out of reach",
      publicCode: code,
      publicMessage,
    });
  }
}

function ownKeyRemoved(provider: Provider): ProviderFailure {
  const { displayName } = providers[provider];
  return new ProviderFailure("auth", {
    provider,
    detail: "own key removed",
    publicCode: "provider_key_refused",
    publicMessage: `Your organization’s own key at ${displayName} was removed after this request was accepted, and it did not allow ours in its place. Nothing was billed. Add a key in Settings, or send the request again.`,
  });
}
