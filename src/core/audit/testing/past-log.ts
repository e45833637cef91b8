import { DAY, type Db, newId, SECOND, timeOfId } from "../../platform";
import { evidenceStorage } from "../../platform/storage";
import { archivesPrefix } from "../archives/objects/archive-object";
import { BATCH_OF_CALLS, type BatchRecord, draftBatch, signBatch } from "../batches/batch";
import { callText, prepareCall } from "../batches/call-record";
import { appendEntries, statementsOf } from "../record/append-entries";
import { type AuditEntry, type CallRecord, type PreparedEntry, prepareEntry } from "../record/entry";

/** Logs of the past: each test has weeks of its own, because a week that was moved is not made again. */

let next = Date.UTC(2022, 0, 5, 12);

/** The middle of a week that no test has had. */
export function anotherWeek(): Date {
  const week = new Date(next);
  next += 7 * DAY;
  return week;
}

export async function makeWeek(db: Db, at: Date): Promise<void> {
  for (const table of ["audit_logs", "audit_calls"])
    await db.$executeRaw`SELECT partitions.ensure(${table}, 'week', ${at}::timestamptz, 0)`;
}

/** The same, written then. */
export function madeAt(entry: AuditEntry, at: Date): PreparedEntry {
  const id = newId(at);
  return { ...prepareEntry(entry), id, createdAt: timeOfId(id) };
}

export const keyCreated = (orgId: string | null, details: AuditEntry["details"] = {}): AuditEntry => ({
  orgId,
  actor: { type: "user", id: newId() },
  action: "key.created",
  target: { type: "key", id: newId() },
  details,
});

/** So many entries of a chain, a second apart. */
export async function append(db: Db, entries: readonly PreparedEntry[]): Promise<void> {
  await db.$transaction((tx) => appendEntries(statementsOf(tx), entries));
}

export async function pastChain(
  db: Db,
  { at, count, orgId = newId() }: { at: Date; count: number; orgId?: string | null },
): Promise<string> {
  await makeWeek(db, at);
  await append(
    db,
    Array.from({ length: count }, (_, n) =>
      madeAt(keyCreated(orgId, { n, half: n / 2, text: "ä\u2028" }), new Date(at.getTime() + n * SECOND)),
    ),
  );
  return orgId ?? "system";
}

/** API calls of then, in one batch. */
export async function pastCalls(
  db: Db,
  { at, orgId, count, keyId = newId() }: { at: Date; orgId: string; count: number; keyId?: string },
): Promise<CallRecord[]> {
  await makeWeek(db, at);
  const calls = Array.from({ length: count }, (_, n): CallRecord => {
    const id = newId(new Date(at.getTime() + n));
    const details = { method: "GET", route: "/x", status: n % 2 === 0 ? 200 : 403 };
    const call = prepareCall({ orgId, actor: { type: "key", id: keyId }, details });
    return { ...call, id, createdAt: timeOfId(id) };
  });
  const records: BatchRecord[] = calls.map((call) => ({ id: call.id, text: callText(call) }));
  const draft = draftBatch(orgId, BATCH_OF_CALLS, records, calls);
  await append(db, [signBatch({ ...draft, id: newId(new Date(at.getTime() + SECOND)) })]);
  return calls;
}

export const objectsOf = (chain: string) => evidenceStorage().list(`${archivesPrefix}${chain}/`);

export async function rowsInTable(db: Db, orgId: string): Promise<number> {
  return await db.auditLog.count({ where: { orgId } });
}
