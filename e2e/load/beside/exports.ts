import { setTimeout as sleep } from "node:timers/promises";
import { type Db, newId } from "../../../src/core/platform";

/** Of each organization's ledger, so that an export has something to carry. */
const LEDGER_ROWS = 20_000;

interface Owner {
  orgId: string;
  userId: string;
}

/** Ended calls of this month, as their settlement leaves them. */
export async function fillLedger(db: Db, owners: readonly Owner[]): Promise<void> {
  for (const { orgId, userId } of owners) {
    await db.$executeRaw`
      INSERT INTO usage_ledger (request_id, created_at, org_id, user_id, environment, model, provider, upstream_model, status, billable,
        input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at)
      SELECT id, uuid_v7_time(id), ${orgId}::uuid, ${userId}::uuid, 'live', 'gpt-4o', 'openai', 'gpt-4o', 'completed', true, 100, 50, 'load', 750,
        300, uuid_v7_time(id)
      FROM (
        SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - n), 12, '0') || '7' || substr(md5(${orgId} || n), 1, 3) || '8'
          || substr(md5(${orgId} || n), 4, 15))::uuid AS id FROM generate_series(1, ${LEDGER_ROWS}::int) n
      ) made`;
  }
}

/** Asks for the whole data of each organization; the worker makes one file after the other. */
export async function askForExports(db: Db, owners: readonly Owner[]): Promise<void> {
  const now = new Date();
  await db.dataExport.createMany({
    data: owners.map(({ orgId, userId }) => ({
      id: newId(now),
      subjectType: "org" as const,
      subjectId: orgId,
      requestedBy: userId,
      orgId,
      nextAttemptAt: now,
      createdAt: now,
    })),
  });
}

/** How many of them are ready, once none is under way any more or the time is up. */
export async function madeExports(db: Db, withinMs: number): Promise<number> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(500)) {
    const waiting = await db.dataExport.count({ where: { status: { in: ["waiting", "running"] } } });
    if (waiting === 0) break;
  }
  return await db.dataExport.count({ where: { status: "ready" } });
}
