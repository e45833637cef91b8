import type { CalledProviders, Completion } from "@agathaai/core/inference";
import { ProviderFailure } from "../failures/errors";
import type { Attempt, Outcome } from "../live/generation";

/** The result of one attempt of a job, with all its calls to providers. */
export interface CallResult {
  answer: Completion | ProviderFailure;
  attempts: readonly Attempt[];
  /** One of the organization's own keys was used last: its provider bills it. */
  ownKey: boolean;
  /** The model that answered, or was tried last. */
  served: CalledProviders["served"];
}

export function toCallResult(outcome: Outcome<Completion>): CallResult {
  const { target, attempts, ownKey = false } = outcome;
  const { id: model, provider, upstreamModel } = target.model;
  return { answer: answerOf(outcome), attempts, ownKey, served: { model, provider, upstreamModel } };
}

function answerOf({ result, answer, failure, target: { provider } }: Outcome<Completion>) {
  if (result === "completed" && answer !== undefined) return answer;
  return failure ?? new ProviderFailure(result === "aborted" ? "aborted" : "server", { provider });
}

/** Every circuit was open: nothing has been sent. */
export function nobodyWasAsked({ attempts }: CallResult): boolean {
  return attempts.length > 0 && attempts.every(({ outcome }) => outcome === "skipped");
}
