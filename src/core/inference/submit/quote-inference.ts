import { boundCost, findModel, type Model } from "../../models";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { Environment, Principal } from "../../platform/principal";
import { readHeadroom, type SpendHeadroom, typicalOutput } from "../../quota";
import type { ChatRequest } from "../request/chat";
import { checkRequest } from "../request/check-request";
import { environmentOf } from "../request/environment-of";
import { boundInputTokens, guessInputTokens, outputLimit } from "../request/estimate-tokens";
import type { InferenceInput } from "../request/input-schema";
import { normalizeInput } from "../request/normalize-input";
import type { QuoteView } from "./quote-schema";

/**
 * What a request would set aside and whether there is room for it, by the rules of acceptance. Writes nothing, and
 * holds nothing free: what fits now may not a moment later.
 *
 * @throws AppError what submitting it would throw: `model_not_found`, `model_not_allowed`, `unsupported_parameter`,
 *   `invalid_request`, `context_length_exceeded`. A request without room is no error here, but `fits: false`.
 */
export async function quoteInference(
  db: Db,
  { principal, input, clock = systemClock }: { principal: Principal; input: InferenceInput; clock?: Clock },
): Promise<QuoteView> {
  const at = clock.now();
  const request = normalizeInput(input);
  const model = findModel(request.model, at);
  checkRequest(request, model, principal);

  const environment = environmentOf(principal, input.environment ?? undefined);
  const size = measure(request, model, environment);
  const [room, typical] = await Promise.all([
    readHeadroom(db, { principal, environment, at }),
    environment === "live" ? typicalOutput(db, { orgId: principal.orgId, model: model.id, at }) : null,
  ]);
  const likely = typical === null ? null : Math.min(typical, size.outputTokens);
  const cost = estimateCost(model, environment, size, likely);
  const micros = Number(size.micros);
  const { limit, used, reserved, overage } = room.quota;
  const quotaFits = size.tokens === 0 || limit === null || overage || used + reserved + size.tokens <= limit;
  const spend = toSpend(room.spend, size.micros);
  const keySpend = room.keySpend === null ? null : toSpend(room.keySpend, size.micros);
  return {
    model: model.id,
    environment,
    price_version: model.priceVersion,
    max_output_tokens: size.outputTokens,
    estimate: { input_tokens: size.guess, output_tokens: likely, cost_micros: cost },
    most: {
      input_tokens: size.inputTokens,
      output_tokens: size.outputTokens,
      total_tokens: size.inputTokens + size.outputTokens,
      cost_micros: micros,
    },
    reserved_tokens: size.tokens,
    reserved_micros: micros,
    input_tokens: { estimate: size.guess, most: size.inputTokens },
    tokens_reserved: size.tokens,
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

/** The simulator spends nothing, so test requests set nothing aside. */
function measure(request: ChatRequest, model: Model, environment: Environment) {
  const bounds = { inputTokens: boundInputTokens(request, model), outputTokens: outputLimit(request, model) };
  const live = environment === "live";
  return {
    ...bounds,
    guess: Math.min(guessInputTokens(request, model), bounds.inputTokens),
    tokens: live ? bounds.inputTokens + bounds.outputTokens : 0,
    micros: live ? boundCost(model, bounds) : 0n,
  };
}

/** Of a test request nothing at all; null where nobody can say how long the answer will be. */
function estimateCost(
  model: Model,
  environment: Environment,
  size: ReturnType<typeof measure>,
  outputTokens: number | null,
): number | null {
  if (environment === "test") return 0;
  return outputTokens === null ? null : Number(boundCost(model, { inputTokens: size.guess, outputTokens }));
}

function toSpend({ cap, spent, reserved }: SpendHeadroom, micros: bigint): QuoteView["spend"] {
  return {
    cap_micros: cap === null ? null : Number(cap),
    spent_micros: Number(spent),
    reserved_micros: Number(reserved),
    fits: micros === 0n || cap === null || spent + reserved + micros <= cap,
  };
}
