import { insertEndedCall } from "../inference";
import type { Db } from "../platform";
import { Prisma } from "../platform/db/client";
import { assembleOutput } from "./assemble-answer";
import { readAll } from "./read-generation";

/**
 * Adds a stored call to the history once it is settled, with as much of its answer as arrived. Safe to repeat and to
 * run concurrently; false if the call has not ended or is in the history already.
 */
export async function fileGeneration(db: Db, { id, orgId }: { id: string; orgId: string }): Promise<boolean> {
  const generation = await db.generation.findFirst({
    where: { id, orgId, stored: true, filedAt: null },
    select: { streamed: true },
  });
  if (generation === null) return false;
  const output = assembleOutput(await readAll(db, { id, orgId }), generation);
  const from = Prisma.sql`ended g JOIN usage_ledger u ON u.request_id = g.id AND u.created_at = g.created_at`;
  const filed = await db.$queryRaw<unknown[]>`
    WITH ended AS MATERIALIZED (
      SELECT g.* FROM generations g
      JOIN usage_ledger u ON u.request_id = g.id AND u.created_at = g.created_at
      WHERE g.id = ${id}::uuid AND g.filed_at IS NULL FOR UPDATE OF g
    ),
    inserted AS (${await insertEndedCall(db, { orgId, requestId: id, output, from })})
    UPDATE generations SET filed_at = now(), input_cipher = NULL, metadata_cipher = NULL, metadata_index = NULL
    WHERE id IN (SELECT id FROM ended) RETURNING id`;
  return filed.length > 0;
}

const BATCH = 100;
/** The process that answers a call files it itself, moments after settlement. */
const LEFT_AFTER_SECONDS = 10;

/** Adds the calls whose process died in the middle of the call, or between its settlement and the history. */
export async function fileGenerations(db: Db, { signal }: { signal?: AbortSignal } = {}): Promise<number> {
  const due = await db.$queryRaw<{ id: string; orgId: string }[]>`
    SELECT g.id, g.org_id AS "orgId" FROM generations g
    JOIN usage_ledger u ON u.request_id = g.id AND u.created_at = g.created_at
    WHERE g.stored AND g.filed_at IS NULL AND u.settled_at < now() - ${LEFT_AFTER_SECONDS}::int * interval '1 second'
    ORDER BY g.created_at LIMIT ${BATCH}::int`;
  let filed = 0;
  for (const one of due) {
    if (signal?.aborted) break;
    if (await fileGeneration(db, one)) filed += 1;
  }
  return filed;
}
