import { costOf, type Model, toTokenUsage } from "../../models";
import { type Clock, type Db, type Environment, type Principal, systemClock } from "../../platform";
import { readHeadroom, type SpendHeadroom, typicalOutput } from "../../quota";
import { guessInputTokens } from "../request/estimate-tokens";
import type { InferenceInput } from "../request/input-schema";
import { prepareWithOwnKeys } from "../submit/prepare-request";
import type { QuoteView } from "./quote-schema";

/**
 * What a request would reserve and whether it fits the headroom now, by the rules of acceptance. Writes nothing and
 * reserves nothing: what fits now may not fit a moment later.
 *
 * @throws AppError what submitting it would throw: `model_not_found`, `model_not_allowed`, `unsupported_parameter`,
 *   `invalid_request`, `context_length_exceeded`. A request without headroom is no error here, but `fits: false`.
 */
export async function quoteInference(
  db: Db,
  { principal, input, clock = systemClock }: { principal: Principal; input: InferenceInput; clock?: Clock },
): Promise<QuoteView> {
  const at = clock.now();
  const request = await prepareWithOwnKeys(db, { input, principal, at });
  const { model, environment, inputTokens, maxOutputTokens, tokens, costMicros } = request;
  const [headroom, typical] = await Promise.all([
    readHeadroom(db, { principal, environment, at }),
    environment === "live" ? typicalOutput(db, { orgId: principal.orgId, model: model.id, at }) : null,
  ]);
  const likelyInput = Math.min(guessInputTokens(request.input, model), inputTokens);
  const likelyOutput = typical === null ? null : Math.min(typical, maxOutputTokens);
  const cost = estimateCost(model, environment, likelyInput, likelyOutput);
  const micros = Number(costMicros);
  const { limit, used, reserved, overage } = headroom.quota;
  const quotaFits = tokens === 0 || limit === null || overage || used + reserved + tokens <= limit;
  const spend = toSpend(headroom.spend, costMicros);
  const keySpend = headroom.keySpend === null ? null : toSpend(headroom.keySpend, costMicros);
  return {
    model: model.id,
    environment,
    price_version: model.priceVersion,
    max_output_tokens: maxOutputTokens,
    estimate: { input_tokens: likelyInput, output_tokens: likelyOutput, cost_micros: cost },
    most: {
      input_tokens: inputTokens,
      output_tokens: maxOutputTokens,
      total_tokens: inputTokens + maxOutputTokens,
      cost_micros: micros,
    },
    reserved_tokens: tokens,
    reserved_micros: micros,
    input_tokens: { estimate: likelyInput, most: inputTokens },
    tokens_reserved: tokens,
    cost_micros: { ...(cost === null ? {} : { estimate: cost }), most: micros },
    quota: {
      limit,
      used,
      reserved,
      remaining: limit === null ? null : Math.max(0, limit - used - reserved),
      overage,
      fits: quotaFits,
    },
    spend,
    key_spend: keySpend,
    fits: quotaFits && spend.fits && (keySpend?.fits ?? true),
  };
}

/** Zero for a test request; null without a typical output to estimate by. */
function estimateCost(
  model: Model,
  environment: Environment,
  inputTokens: number,
  outputTokens: number | null,
): number | null {
  if (environment === "test") return 0;
  return outputTokens === null
    ? null
    : Number(costOf(model.priceVersion, toTokenUsage({ inputTokens, outputTokens })));
}

function toSpend({ cap, spent, reserved }: SpendHeadroom, micros: bigint): QuoteView["spend"] {
  return {
    cap_micros: cap === null ? null : Number(cap),
    spent_micros: Number(spent),
    reserved_micros: Number(reserved),
    fits: micros === 0n || cap === null || spent + reserved + micros <= cap,
  };
}
