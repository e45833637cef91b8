import { setTimeout as sleep } from "node:timers/promises";
import {
  askToStop,
  assembleCompletion,
  type Generation,
  type GenerationKey,
  generationNotFound,
  readAll,
  readGeneration,
} from "@agathaai/core/generations";
import { type Db, toPublicId } from "@agathaai/core/platform";
import { apiErrorSchema, toApiError } from "@agathaai/core/platform/schemas/api-error";
import { z } from "zod";
import { readAnswer } from "../generations/replay";
import { whyNotWhole } from "../generations/send-stream";
import { usageWithCost } from "../reply/usage";

export const generationAnswerSchema = z.strictObject({
  id: z.string(),
  object: z.literal("generation.answer"),
  status: z.enum(["processing", "completed", "failed", "cancelled"]),
  environment: z.enum(["live", "test"]),
  endpoint: z.string(),
  model: z.string().meta({ description: "The model asked for." }),
  streamed: z.boolean().meta({ description: "Its events can be read with `/stream`." }),
  response: z.record(z.string(), z.json()).nullable().meta({
    description:
      "The answer in its endpoint's own shape. Of a stream that is running or did not complete: as much as came. Null where nothing came, or it is not kept.",
  }),
  cost_micros: z.int().nonnegative().nullable().meta({ description: "Null while it is running." }),
  error: apiErrorSchema
    .nullable()
    .meta({ description: "Why there is no whole answer; null if there is one." }),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().meta({ description: "When the answer is deleted." }),
});

type GenerationAnswer = z.output<typeof generationAnswerSchema>;

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 500;

/** A call's answer as it stands; with `seconds`, once it has ended or they are over. @throws AppError `not_found`. */
export async function awaitGenerationAnswer(
  db: Db,
  key: GenerationKey,
  { seconds, signal, requestId }: { seconds: number; signal: AbortSignal | undefined; requestId: string },
): Promise<GenerationAnswer> {
  const until = performance.now() + seconds * 1_000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(MAX_PAUSE_MS, pause * 2)) {
    const generation = await readGeneration(db, key);
    if (generation === undefined) throw generationNotFound();
    const over = performance.now() + pause > until || signal?.aborted === true;
    if (generation.status !== "processing" || over) return await toView(db, generation, requestId);
    await sleep(pause);
  }
}

/** How long the response waits for the process that makes the answer to end it. */
const STOPPED_WITHIN_SECONDS = 5;

/** Ends a call that outlives its connection, and says what became of it. @throws AppError `not_found`. */
export async function stopGenerationAnswer(
  db: Db,
  key: GenerationKey,
  { signal, requestId }: { signal: AbortSignal | undefined; requestId: string },
): Promise<GenerationAnswer> {
  const { status } = await askToStop(db, key);
  const seconds = status === "processing" ? STOPPED_WITHIN_SECONDS : 0;
  return awaitGenerationAnswer(db, key, { seconds, signal, requestId });
}

async function toView(db: Db, generation: Generation, requestId: string): Promise<GenerationAnswer> {
  const { id, status, environment, endpoint, model, streamed, kept } = generation;
  const whole = status === "completed" && kept;
  const problem = status === "processing" || whole ? undefined : whyNotWhole(generation);
  return {
    id: toPublicId("inf", id),
    object: "generation.answer",
    status,
    environment,
    endpoint,
    model,
    streamed,
    response: generationAnswerSchema.shape.response.parse((await responseOf(db, generation, whole)) ?? null),
    cost_micros: status === "processing" ? null : Number(generation.costMicros),
    error:
      problem === undefined
        ? null
        : toApiError({
            code: problem.code,
            message: problem.public,
            param: problem.param ?? null,
            requestId,
          }),
    created_at: generation.createdAt.toISOString(),
    expires_at: generation.expiresAt.toISOString(),
  };
}

async function responseOf(db: Db, generation: Generation, whole: boolean) {
  if (!generation.streamed) return whole ? await readAnswer(db, generation) : undefined;
  const completion = assembleCompletion(await readAll(db, generation));
  const { usage, costMicros: billedMicros, providerMicros } = generation;
  if (completion === undefined || !whole || usage === null) return completion;
  return { ...completion, usage: usageWithCost(usage, { billedMicros, providerMicros }) };
}
