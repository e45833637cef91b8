import { boundCost, findModel, type Model } from "../../models";
import { AppError, chooseEnvironment, type Db, type Environment, type Principal } from "../../platform";
import { heldForFee, ownKeyFeePercent, readOwnKeys } from "../../provider-keys";
import type { ChatRequest } from "../request/chat";
import { boundInputTokens, outputLimit } from "../request/estimate-tokens";
import type { InferenceInput } from "../request/input-schema";
import { readRequest } from "../request/read-request";

/** A checked request and the most it can take. */
export interface PreparedRequest {
  input: ChatRequest;
  model: Model;
  /** Those that answer where it cannot, in this order. */
  fallbacks: readonly Model[];
  environment: Environment;
  /** The most the provider can count for the input. */
  inputTokens: number;
  /** Sent upstream as the output limit. */
  maxOutputTokens: number;
  /**
   * Reserved until the request ends: the most that any of the models can take. The simulator spends nothing, so a test
   * request reserves nothing.
   */
  tokens: number;
  costMicros: bigint;
  /** Only the organization's own provider keys may answer: `costMicros` is our fee alone (ADR 42). */
  ownKeyOnly: boolean;
  ownKeyFeePercent: number;
  /** Fields that were taken, and that the model asked for will not be told. */
  notSent: readonly string[];
}

/**
 * A prepared request with what its organization's own provider keys change: money is held only for what we may bill, the
 * fee of the plan, or the models where ours may follow at any of them. Tokens are held as ever, because they count toward
 * the plan.
 * @throws AppError as `prepareRequest`, and `service_unavailable`.
 */
export async function prepareWithOwnKeys(
  db: Db,
  { input, principal, at }: { input: InferenceInput; principal: Principal; at: Date },
): Promise<PreparedRequest> {
  const prepared = prepareRequest(input, principal, at);
  if (principal.ownKeys !== true || prepared.environment !== "live") return prepared;
  const own = await readOwnKeys(db, principal.orgId);
  const feePercent = ownKeyFeePercent(principal.plan);
  const models = [prepared.model, ...prepared.fallbacks];
  if (models.some(({ provider }) => own[provider]?.thenOurs !== false))
    return { ...prepared, ownKeyFeePercent: feePercent };
  return {
    ...prepared,
    ownKeyOnly: true,
    ownKeyFeePercent: feePercent,
    costMicros: heldForFee(prepared.costMicros, feePercent),
  };
}

/**
 * The steps that submitting and quoting share: normalized input, models, every check that needs no database, and the
 * size of the reservation. Each of its models must be able to answer it.
 * @throws AppError `model_not_found`, `model_not_allowed`, `unsupported_parameter`, `invalid_request`,
 * `context_length_exceeded`, `email_not_verified`.
 */
function prepareRequest(wire: InferenceInput, principal: Principal, at: Date): PreparedRequest {
  const { input, check, notSent } = readRequest(wire);
  const sizeOf = (name: string, param: string) => {
    const model = findModel(name, at, param);
    check(model, principal, param);
    const inputTokens = boundInputTokens(input, model);
    const maxOutputTokens = outputLimit(input, model);
    const costMicros = boundCost(model, { inputTokens, outputTokens: maxOutputTokens });
    return { model, inputTokens, maxOutputTokens, tokens: inputTokens + maxOutputTokens, costMicros };
  };
  const first = sizeOf(input.model, "model");
  const others = (input.models ?? []).map((name, index) => sizeOf(name, `models[${index}]`));
  const environment = environmentOf(principal, wire.environment ?? undefined);
  const live = environment === "live";
  const all = [first, ...others];
  return {
    input,
    model: first.model,
    fallbacks: others.map(({ model }) => model),
    environment,
    inputTokens: first.inputTokens,
    maxOutputTokens: first.maxOutputTokens,
    tokens: live ? Math.max(...all.map(({ tokens }) => tokens)) : 0,
    costMicros: live ? all.reduce((most, one) => (one.costMicros > most ? one.costMicros : most), 0n) : 0n,
    ownKeyOnly: false,
    ownKeyFeePercent: 0,
    notSent: notSent(first.model),
  };
}

/**
 * A key's own environment, or the one a person names. Until their email is verified, a person's requests go to the
 * simulator.
 * @throws AppError `invalid_request` or `email_not_verified`, param `environment`.
 */
function environmentOf(principal: Principal, asked?: Environment): Environment {
  const chosen = chooseEnvironment(principal, asked);
  if (chosen === "live" && principal.kind !== "key" && !principal.emailVerified) {
    throw new AppError("email_not_verified", {
      public: "Verify your email to send live requests. Test requests work right away.",
      param: "environment",
    });
  }
  return chosen;
}
