import { type Clock, type Db, MINUTE } from "../../platform";
import { log } from "../../platform/observability/log";
import type { ExportSubject } from "../archive/write-archive";

export interface ClaimedExport {
  id: string;
  subject: ExportSubject;
  orgId: string;
  /** The number of this claim. A later claim has a higher number, and then an earlier one can no longer finish. */
  attempts: number;
}

const HELD_MS = 5 * MINUTE;
const RENEW_EVERY_MS = MINUTE;

/** Takes the oldest export that is due, or whose process has died. */
export async function claimExport(db: Db, clock: Clock): Promise<ClaimedExport | undefined> {
  const now = clock.now();
  const [row] = await db.$queryRaw<
    {
      id: string;
      subject_type: ExportSubject["type"];
      subject_id: string;
      org_id: string;
      attempts: number;
    }[]
  >`
    UPDATE data_exports SET status = 'running', attempts = attempts + 1, held_until = ${heldFrom(now)}::timestamptz
    WHERE id = (
      SELECT id FROM data_exports
      WHERE (status = 'waiting' AND next_attempt_at <= ${now}::timestamptz)
        OR (status = 'running' AND held_until < ${now}::timestamptz)
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, subject_type::text, subject_id, org_id, attempts`;
  if (row === undefined) return undefined;
  const { id, subject_type: type, subject_id, org_id: orgId, attempts } = row;
  return { id, subject: { type, id: subject_id }, orgId, attempts };
}

/** Renews the claim until it is released. Its signal aborts when the process stops or the claim was lost. */
export function keepClaim(db: Db, { id, attempts }: ClaimedExport, stop: AbortSignal) {
  const lost = new AbortController();
  const renewing = setInterval(() => {
    db.dataExport
      .updateMany({ where: { id, attempts, status: "running" }, data: { heldUntil: heldFrom(new Date()) } })
      .then(({ count }) => count === 0 && lost.abort())
      .catch((error: unknown) => log().warn({ err: error, export: id }, "a claim could not be renewed"));
  }, RENEW_EVERY_MS).unref();
  return { signal: AbortSignal.any([stop, lost.signal]), release: () => clearInterval(renewing) };
}

/** Releases the claim, so that any process can try again. An interrupted try is not counted. */
export async function returnClaim(
  db: Db,
  { id, attempts }: ClaimedExport,
  nextAttemptAt: Date,
  { counted }: { counted: boolean },
): Promise<void> {
  await db.dataExport.updateMany({
    where: { id, attempts, status: "running" },
    data: { status: "waiting", heldUntil: null, nextAttemptAt, ...(!counted && { attempts: attempts - 1 }) },
  });
}

function heldFrom(now: Date): Date {
  return new Date(now.getTime() + HELD_MS);
}
