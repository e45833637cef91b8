import { noUsage } from "@agathaai/core/models";
import type { CacheableAnswer, CachedAnswer } from "@agathaai/core/response-cache";
import type { Outcome, RunningGeneration, Target } from "@agathaai/worker/engine/live/generation";
import type { LiveEngine } from "@agathaai/worker/engine/live/live-engine";
import type { ChatCompletionAnswer, EmbeddingAnswer } from "@agathaai/worker/engine/providers/live-protocol";
import { z } from "zod";
import { replayFrames } from "./replay-frames";
import { wholeAnswerOf } from "./whole-answer";

const embeddingsSchema = z.object({
  object: z.literal("list"),
  data: z.array(
    z.object({
      object: z.literal("embedding"),
      index: z.number(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  model: z.string(),
});

/** Beyond it nothing is stored, and nothing more is gathered. */
const MAX_BYTES = 4 * 1024 * 1024;

/** An engine whose calls are answered by one stored answer: no provider is called, and no token is counted. */
export function replayingEngine(engine: LiveEngine, stored: CachedAnswer): LiveEngine {
  const { ageSeconds, usage, finishReason, upstreamModel } = stored;
  const outcomeFor = (target: Target) => ({
    target,
    attempts: [],
    delivered: { bytes: 0, tokens: 0 },
    usage: noUsage,
    wireUsage: usage ?? undefined,
    finishReason: finishReason ?? undefined,
    upstreamModel,
    firstContentMs: 0,
    cacheAgeSeconds: ageSeconds,
  });
  return {
    ...engine,
    start: ({ targets: [target], head, stream, includeUsage }, sink) =>
      soon(
        () => {
          if (stream) {
            sink.answering(target);
            sink.frames(replayFrames(stored.answer, head, includeUsage));
          }
          // It was an answer when it was stored.
          const answer = { ...stored.answer, ...head } as ChatCompletionAnswer;
          sink.end({ ...outcomeFor(target), result: "completed", started: stream, answer });
        },
        () => sink.end({ ...outcomeFor(target), result: "aborted", started: false }),
      ),
    embed: ({ targets: [target] }, end) =>
      soon(
        () => {
          const answer: EmbeddingAnswer = embeddingsSchema.parse(stored.answer);
          end({ ...outcomeFor(target), result: "completed", started: false, answer });
        },
        () => end({ ...outcomeFor(target), result: "aborted", started: false }),
      ),
  };
}

/** An engine that hands over each answer that may be used again. */
export function storingEngine(engine: LiveEngine, store: (answer: CacheableAnswer) => void): LiveEngine {
  return {
    ...engine,
    start: (generation, sink) => {
      const frames: Buffer[] = [];
      let bytes = 0;
      return engine.start(generation, {
        answering: (target) => sink.answering(target),
        frames: (chunk) => {
          bytes += chunk.length;
          if (bytes <= MAX_BYTES) frames.push(chunk);
          sink.frames(chunk);
        },
        end: (outcome) => {
          sink.end(outcome);
          if (!isUsable(outcome, generation.targets[0]) || bytes > MAX_BYTES) return;
          const answer = generation.stream
            ? wholeAnswerOf(Buffer.concat(frames).toString())
            : (outcome.answer ?? {});
          if (isWhole(answer)) store(cacheable(answer, outcome));
        },
      });
    },
    embed: (embedding, end) =>
      engine.embed(embedding, (outcome) => {
        end(outcome);
        if (isUsable(outcome, embedding.targets[0])) store(cacheable(outcome.answer ?? {}, outcome));
      }),
  };
}

/** An answer of another model is not stored: it would still be served once the model asked for works again. */
function isUsable({ result, target }: Outcome<unknown>, asked: Target): boolean {
  return result === "completed" && target.model.id === asked.model.id;
}

const wholeEnds: ReadonlySet<unknown> = new Set(["stop", "tool_calls"]);

/** No answer that a limit or a filter cut, and no refusal. */
function isWhole(answer: object): boolean {
  const choices: unknown[] = "choices" in answer && Array.isArray(answer.choices) ? answer.choices : [];
  return choices.length > 0 && choices.every(isWholeChoice);
}

function isWholeChoice(choice: unknown): boolean {
  if (typeof choice !== "object" || choice === null) return false;
  if (!("finish_reason" in choice) || !wholeEnds.has(choice.finish_reason)) return false;
  const message = "message" in choice ? choice.message : undefined;
  return typeof message === "object" && message !== null && !("refusal" in message && message.refusal);
}

/** As JSON: an undefined field is not stored. */
function cacheable(answer: object, outcome: Outcome<unknown>): CacheableAnswer {
  const { usage, wireUsage, finishReason, upstreamModel, target } = outcome;
  return JSON.parse(
    JSON.stringify({
      answer,
      usage: (usage && wireUsage) ?? null,
      finishReason: finishReason ?? null,
      upstreamModel: upstreamModel ?? target.model.upstreamModel,
    }),
  );
}

/** Asynchronous, as with a provider: never in the caller's own turn of the event loop. */
function soon(run: () => void, aborted: () => void): RunningGeneration {
  let isOver = false;
  const once = (what: () => void) => {
    if (isOver) return;
    isOver = true;
    what();
  };
  queueMicrotask(() => once(run));
  return { abort: () => once(aborted), pause: () => {}, resume: () => {} };
}
