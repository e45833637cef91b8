import { boundCost, findModel, type Model } from "../../models";
import { chooseEnvironment } from "../../platform/environment";
import { AppError } from "../../platform/errors";
import type { Environment, Principal } from "../../platform/principal";
import type { ChatRequest } from "../request/chat";
import { checkRequest } from "../request/check-request";
import { boundInputTokens, outputLimit } from "../request/estimate-tokens";
import type { InferenceInput } from "../request/input-schema";
import { normalizeInput } from "../request/normalize-input";

/** A checked request and the most it can take. */
export interface PreparedRequest {
  input: ChatRequest;
  model: Model;
  environment: Environment;
  /** The most the provider can count for the input. */
  inputTokens: number;
  /** Sent upstream as the output limit. */
  maxOutputTokens: number;
  /** Reserved until the request ends. The simulator spends nothing, so a test request reserves nothing. */
  tokens: number;
  costMicros: bigint;
}

/**
 * The steps that submitting and quoting share: normalized input, model, every check that needs no database, and the
 * size of the reservation.
 * @throws AppError `model_not_found`, `model_not_allowed`, `unsupported_parameter`, `invalid_request`,
 * `context_length_exceeded`, `email_not_verified`.
 */
export function prepareRequest(wire: InferenceInput, principal: Principal, at: Date): PreparedRequest {
  const input = normalizeInput(wire);
  const model = findModel(input.model, at);
  checkRequest(input, model, principal);
  const environment = environmentOf(principal, wire.environment ?? undefined);
  const inputTokens = boundInputTokens(input, model);
  const maxOutputTokens = outputLimit(input, model);
  const live = environment === "live";
  return {
    input,
    model,
    environment,
    inputTokens,
    maxOutputTokens,
    tokens: live ? inputTokens + maxOutputTokens : 0,
    costMicros: live ? boundCost(model, { inputTokens, outputTokens: maxOutputTokens }) : 0n,
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
