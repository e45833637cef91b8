import { z } from "zod";
import type { Db } from "../../platform";
import { endDeadLeasesSql } from "../leases/report-leases.sql";
import { closeAbandonedSql } from "./settle-calls.sql";

/** After a restart of PostgreSQL every process gets this long to renew its row: none could while it was away. */
const GRACE_SECONDS = 8;

const closedRows = z.tuple([z.object({ closed: z.number().int() })]);
const endedRows = z.tuple([z.object({ ended: z.number().int() })]);

/**
 * Closes the calls of processes that died or were cut off: a ledger row each, nothing billed, the reservation back. Then
 * their leases end: used is what the ledger says, the rest goes back. Safe to repeat and to run twice at once.
 */
export async function recoverCalls(db: Db): Promise<{ processes: number; calls: number }> {
  const processes = await db.$executeRaw`
    DELETE FROM admission_processes
    WHERE expires_at <= now() AND pg_postmaster_start_time() < now() - ${GRACE_SECONDS}::int * interval '1 second'`;
  let calls = 0;
  for (let closed = -1; closed !== 0; calls += closed) {
    [{ closed }] = closedRows.parse(await db.$queryRaw(closeAbandonedSql));
  }
  for (let ended = -1; ended !== 0; ) {
    [{ ended }] = endedRows.parse(await db.$queryRaw(endDeadLeasesSql));
  }
  return { processes, calls };
}
