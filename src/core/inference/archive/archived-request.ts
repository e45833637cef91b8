import { z } from "zod";
import type { Db, Environment } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { decryptTexts, type TextToDecrypt } from "../../privacy";
import { inputField, metadataField, resultField } from "../request-row";
import { attemptSchema, requestStatusSchema } from "../schemas";

/** The columns of a request that are copied into the archive as they are. Its ciphers are decrypted; the rest is of no use there. */
export const copiedColumns = [
  ...[
    "id",
    "created_at",
    "org_id",
    "user_id",
    "api_key_id",
    "environment",
    "queue_name",
    "model",
    "provider",
  ],
  ...["upstream_model", "status", "parameters", "trace_id", "max_output_tokens", "reserved_tokens"],
  ...[
    "reserved_micros",
    "quota_month",
    "quota_period",
    "spend_id",
    "overage_from",
    "attempts",
    "max_attempts",
  ],
  ...["enqueued_at", "next_attempt_at", "started_at", "completed_at", "cancel_requested_at", "finish_reason"],
  ...["error_code", "error_message", "error_param", "attempt_log", "endpoint", "own_key_only"],
  "own_key_fee_percent",
] as const;

/** Columns that are not in the archive, or not as they are. */
export const otherColumns = [
  ...[
    "input_cipher",
    "result_cipher",
    "metadata_cipher",
    "metadata_index",
    "lease_owner",
    "lease_expires_at",
  ],
  "deleted_at",
] as const;

const time = z.string().transform((text) => new Date(text));

/** One line of an archive object. Columns that nothing here reads pass through. */
export const archivedRequestSchema = z.looseObject({
  id: z.uuid(),
  created_at: time,
  environment: z.enum(["live", "test"]),
  model: z.string(),
  provider: z.string(),
  upstream_model: z.string(),
  status: requestStatusSchema,
  trace_id: z.string(),
  max_output_tokens: z.int(),
  enqueued_at: time.nullable(),
  started_at: time.nullable(),
  completed_at: time.nullable(),
  cancel_requested_at: time.nullable(),
  finish_reason: z.string().nullable(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  error_param: z.string().nullable(),
  attempt_log: z.array(attemptSchema),
  endpoint: z.string().nullable(),
  /** The decrypted texts, as they were encrypted. */
  input: z.string().nullable(),
  result: z.string().nullable(),
  metadata: z.string().nullable(),
});
export type ArchivedRequest = z.output<typeof archivedRequestSchema>;

export interface Range {
  orgId: string;
  environment: Environment;
  firstId: string;
  lastId: string;
}

interface Row {
  id: string;
  input_cipher: Uint8Array | null;
  result_cipher: Uint8Array | null;
  metadata_cipher: Uint8Array | null;
  copied: Record<string, unknown>;
}

/** The requests of a range, with or without those that were deleted from the history, a line of JSON each, decrypted. @throws AppError `not_found` once erased. */
export async function linesOf(
  db: Db,
  { orgId, environment, firstId, lastId }: Range,
  { deleted }: { deleted: boolean },
): Promise<string[]> {
  const copied = Prisma.raw(copiedColumns.map((column) => `r."${column}"`).join(", "));
  const rows = await db.$queryRaw<Row[]>`
    SELECT r.id, r.input_cipher, r.result_cipher, r.metadata_cipher,
      (SELECT to_jsonb(c) FROM (SELECT ${copied}) c) AS copied
    FROM inference_requests r
    WHERE r.org_id = ${orgId}::uuid AND r.environment = ${environment}::environment AND (${deleted} OR r.deleted_at IS NULL)
      AND r.created_at BETWEEN uuid_v7_time(${firstId}::uuid) AND uuid_v7_time(${lastId}::uuid)
      AND r.id BETWEEN ${firstId}::uuid AND ${lastId}::uuid
    ORDER BY r.created_at, r.id`;
  const subject = { type: "org", id: orgId } as const;
  const encrypted: TextToDecrypt[] = [];
  const place = (field: TextToDecrypt["field"], blob: Uint8Array | null) =>
    blob === null ? undefined : encrypted.push({ subject, field, blob }) - 1;
  const places = rows.map(({ id, ...row }) => ({
    input: place(inputField(id), row.input_cipher),
    result: place(resultField(id), row.result_cipher),
    metadata: place(metadataField(id), row.metadata_cipher),
  }));
  const texts = await decryptTexts(db, encrypted);
  const textAt = (at: number | undefined) => (at === undefined ? null : (texts[at] ?? null));
  return rows.map(({ copied }, at) =>
    JSON.stringify({
      ...copied,
      input: textAt(places[at]?.input),
      result: textAt(places[at]?.result),
      metadata: textAt(places[at]?.metadata),
    }),
  );
}
