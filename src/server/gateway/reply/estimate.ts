import type { CallEnd } from "@agathaai/core/admission";
import { type TokenUsage, toTokenUsage } from "@agathaai/core/models";
import { BYTES_PER_TOKEN, type Outcome } from "@agathaai/worker/engine/live/generation";
import { toWireUsage } from "@agathaai/worker/engine/providers/wire/chat-answer";
import { isRecord, lengthOfDelta } from "@agathaai/worker/engine/providers/wire/chat-stream";
import type { PreparedCall } from "../dialect";

/** Our own count: the input as its text comes to, and what was delivered; never above the reservation. */
export function estimatedUsage(outcome: Outcome<unknown>, call: PreparedCall): TokenUsage {
  const { answer, delivered, target } = outcome;
  const tokens = answer === undefined ? delivered.tokens : Math.ceil(bytesOf(answer) / BYTES_PER_TOKEN);
  const answers = typeof target.extras?.n === "number" ? target.extras.n : 1;
  return toTokenUsage({
    inputTokens: call.guessedInputTokens,
    outputTokens: Math.min(tokens, answers * target.maxOutputTokens),
  });
}

/** Of a whole answer whose provider gave no count, or one that is none: every such call is marked, and alerts. */
export function uncountedUsage(outcome: Outcome<unknown>, call: PreparedCall): TokenUsage {
  const defect = outcome.wireUsage === undefined ? "missing" : "unreadable";
  return { ...estimatedUsage(outcome, call), defect };
}

/** The outcome as its caller sees it: with the usage that was billed, where that is not the provider's. */
export function withBilledUsage<Answer>(outcome: Outcome<Answer>, end: CallEnd): Outcome<Answer> {
  const { amounts, estimated, status } = end;
  if (status !== "completed" || estimated !== true || amounts === undefined) return outcome;
  const tokens = amounts.inputTokens;
  const isEmbedding = outcome.target.model.embedding !== undefined;
  return {
    ...outcome,
    wireUsage: isEmbedding ? { prompt_tokens: tokens, total_tokens: tokens } : toWireUsage(amounts),
  };
}

/** Bytes of what a reader sees of a whole chat answer. */
function bytesOf(answer: unknown): number {
  const choices: unknown[] = isRecord(answer) && Array.isArray(answer.choices) ? answer.choices : [];
  return choices.reduce<number>(
    (sum, choice) => sum + (isRecord(choice) && isRecord(choice.message) ? lengthOfDelta(choice.message) : 0),
    0,
  );
}
