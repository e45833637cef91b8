import { type Generation, readParts } from "@agathaai/core/generations";
import { AppError, type Db, toPublicId } from "@agathaai/core/platform";
import { z } from "zod";
import type { Exchange } from "../exchange";
import { usageWithCost } from "../reply/usage";
import { sendStream } from "./send-stream";

/** Sends the answer that an Idempotency-Key has: the same status, body and events. @throws AppError `conflict`. */
export async function replay(exchange: Exchange, db: Db, generation: Generation): Promise<void> {
  if (generation.status !== "completed") {
    throw new AppError("conflict", {
      public: `The request with this Idempotency-Key was ended before its answer was whole, and billed for what was delivered: ${toPublicId("inf", generation.id)}. Use a new key to send it again.`,
      param: "Idempotency-Key",
    });
  }
  if (!generation.kept) {
    throw new AppError("conflict", {
      public:
        "The request with this Idempotency-Key was answered, and its answer is not kept: it was too long, or was deleted. Use a new key to send it again.",
      param: "Idempotency-Key",
    });
  }
  Object.assign(exchange.headers, generation.headers, { "x-agatha-idempotent-replay": "true" });
  exchange.headers["x-agatha-id"] = toPublicId("inf", generation.id);
  if (generation.streamed) await sendStream(exchange, db, { generation, after: 0 });
  else exchange.json(200, await readAnswer(db, generation));
}

const answerSchema = z.record(z.string(), z.unknown());

/** A whole answer as it was sent. */
export async function readAnswer(db: Db, generation: Generation): Promise<Record<string, unknown>> {
  const [part] = await readParts(db, { ...generation, after: 0 });
  if (part === undefined) throw new Error("an answer that is kept has no part");
  const { usage, costMicros, providerMicros } = generation;
  return {
    ...answerSchema.parse(JSON.parse(part.text)),
    ...(usage !== null && { usage: usageWithCost(usage, { billedMicros: costMicros, providerMicros }) }),
  };
}
