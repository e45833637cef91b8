import { z } from "zod";
import { AppError, type Environment, type ErrorCode, errorTable, type Reach } from "../platform";
import { Prisma } from "../platform/db/client";
import type { FieldRef } from "../privacy";

/** A generation as a caller names it. One outside their reach is a 404. */
export interface GenerationKey extends Reach {
  generationId: string;
}

/** Why a generation failed, as its caller was told. */
export interface GenerationError {
  code: ErrorCode;
  message: string;
  param: string | null;
}

/** The stored parts of one call and its status. */
export interface Generation {
  id: string;
  orgId: string;
  environment: Environment;
  endpoint: string;
  /** The model asked for. */
  model: string;
  createdAt: Date;
  expiresAt: Date;
  status: "processing" | "completed" | "failed" | "cancelled";
  /** It cost something, or its answer is complete, so the same Idempotency-Key does not make it again. */
  final: boolean;
  /** Answered as server-sent events. */
  streamed: boolean;
  includeUsage: boolean;
  /** It continues when its caller disconnects. */
  resumable: boolean;
  /** Headers of the answer by name, such as the model that answered and the parameters not sent. */
  headers: Record<string, string>;
  /** Of the answer, as far as they are in the database. */
  events: number;
  /** In OpenAI's words, without its cost. */
  usage: Record<string, unknown> | null;
  costMicros: bigint;
  /** What the provider bills for it, where the organization's own key was used. */
  providerMicros: bigint | undefined;
  error: GenerationError | null;
  /** The answer is stored completely. A completed generation without this could not be stored. */
  kept: boolean;
}

const errorCodes = Object.keys(errorTable) as ErrorCode[];

export const generationErrorSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  param: z.string().nullable(),
});

/** Longer than any call may take, from its first check to its settlement. */
const LOST_AFTER_MINUTES = 20;

/**
 * Whether a generation `g` without a ledger row will never have one: its process is gone, or it has been neither opened
 * nor released for longer than any call takes.
 */
export const isLost: Prisma.Sql = Prisma.sql`(
  NOT EXISTS (SELECT FROM open_calls o WHERE o.id = g.id) AND (
    g.created_at < now() - ${LOST_AFTER_MINUTES}::int * interval '1 minute'
    OR NOT EXISTS (SELECT FROM admission_processes p WHERE p.id = g.process_id)))`;

export function partField(generationId: string, firstEvent: number): FieldRef {
  return { table: "generation_parts", column: "cipher", rowId: `${generationId}:${firstEvent}` };
}

/** The same error for one that never was, has expired, or belongs to someone else or the other environment. */
export function generationNotFound(): AppError {
  return new AppError("not_found", {
    public:
      "Generation not found. Answers are kept for at most 24 hours, for calls with an Idempotency-Key, x-agatha-resumable or store. It may also belong to another organization or environment.",
    param: "id",
  });
}
