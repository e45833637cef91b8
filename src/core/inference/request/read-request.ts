import type { Model } from "../../models";
import type { Principal } from "../../platform";
import type { ChatRequest } from "./chat";
import { checkRequest } from "./check-request";
import type { InferenceInput } from "./input-schema";
import { normalizeInput } from "./normalize-input";
import { notSentOf } from "./not-sent";
import { askedReasoning, checkOwnWords, inSentWords } from "./reasoning/asked-reasoning";

/** A queued request as it was sent, read as one in our own words. */
export interface ReadRequest {
  input: ChatRequest;
  /** As `checkRequest`, naming the fields as they were sent. */
  check(model: Model, principal: Principal, param?: string): void;
  /** Fields that were taken, and that this model will not be told. */
  notSent(model: Model): string[];
}

/** @throws AppError `invalid_request` where two of its fields contradict each other. */
export function readRequest(sent: InferenceInput): ReadRequest {
  const asked = askedReasoning(sent, sent);
  const wire = { ...sent, ...asked?.fields };
  const input = normalizeInput(wire);
  return {
    input,
    check(model, principal, param) {
      checkOwnWords(sent, model);
      try {
        checkRequest(input, model, principal, param);
      } catch (error) {
        throw inSentWords(error, asked);
      }
    },
    notSent: (model) =>
      notSentOf(wire, model).map((name) =>
        name === "reasoning_effort" ? (asked?.saidBy.reasoning_effort ?? name) : name,
      ),
  };
}
