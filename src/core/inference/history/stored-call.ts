import type { Db } from "../../platform";
import type { Prisma } from "../../platform/db/client";
import { Prisma as Sql } from "../../platform/db/client";
import { encryptText } from "../../privacy";
import type { ChatRequest } from "../request/chat";
import { encryptMetadata } from "../request/metadata";
import { inputField, resultField } from "../request-row";
import type { Output } from "../schemas";

/** A call under `/v1` that is kept in the history, as its row will have it. */
export async function encryptStored(
  db: Db,
  {
    orgId,
    requestId,
    input,
    metadata,
  }: { orgId: string; requestId: string; input: ChatRequest; metadata: Record<string, string> },
) {
  const text = JSON.stringify({ ...input, ...(Object.keys(metadata).length > 0 && { metadata }) });
  return {
    inputCipher: await encryptText(db, { type: "org", id: orgId }, inputField(requestId), text),
    metadata: await encryptMetadata(db, { orgId, requestId, metadata }),
  };
}

/**
 * The statement that puts an ended call into the history: what it was sent from the row `g`, how it ended from its ledger
 * row `u`. Repeated, it changes nothing.
 */
export async function insertEndedCall(
  db: Db,
  {
    orgId,
    requestId,
    output,
    from,
  }: { orgId: string; requestId: string; output: Output | undefined; from: Prisma.Sql },
): Promise<Prisma.Sql> {
  const cipher =
    output &&
    (await encryptText(db, { type: "org", id: orgId }, resultField(requestId), JSON.stringify(output)));
  return Sql.sql`
    INSERT INTO inference_requests (id, created_at, org_id, user_id, api_key_id, environment, queue_name, endpoint, model, provider,
      upstream_model, status, input_cipher, metadata_cipher, metadata_index, result_cipher, trace_id, max_output_tokens,
      reserved_tokens, reserved_micros, overage_from, attempts, max_attempts, next_attempt_at, started_at, completed_at,
      finish_reason, error_code, error_message, error_param)
    SELECT g.id, g.created_at, g.org_id, u.user_id, u.api_key_id, g.environment, 'standard', g.endpoint, g.model, u.provider,
      u.upstream_model, u.status, g.input_cipher, g.metadata_cipher, g.metadata_index, ${cipher ?? null}::bytea, g.trace_id,
      g.max_output_tokens, u.reserved_tokens, u.reserved_micros, NULL, 1, 1, g.created_at, g.created_at, u.settled_at,
      u.finish_reason, coalesce(g.error->>'code', cut.code), coalesce(g.error->>'message', cut.message), g.error->>'param'
    FROM ${from}
    LEFT JOIN (VALUES ('service_unavailable', 'The server that made this call stopped in its middle. It was not billed. Send it again.'))
      AS cut(code, message) ON u.status = 'failed'
    ON CONFLICT DO NOTHING`;
}
