import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, type Db, SECOND, systemClock } from "../platform";
import { log } from "../platform/observability/log";
import type { Storage } from "../platform/storage";
import { destroyDataKey, type Subject } from "../privacy";
import { eraseSubscriber } from "../status";
import { eraseOrganization } from "./erase-organization";
import { erasePerson } from "./erase-person";
import { listTombstones, readTombstone, type Tombstone, writeTombstone } from "./tombstones";

const SUBJECTS_A_STATEMENT = 1_000;
const LONGEST_PAUSE_MS = 10 * SECOND;

/**
 * Erases again what a restored backup brought back: every subject with a tombstone and a data key. Without a restored
 * backup it only lists tombstones and reads one index. Returns how many were erased again.
 */
export async function repeatErasures(
  db: Db,
  storage: Pick<Storage, "list" | "get">,
  clock: Clock = systemClock,
): Promise<number> {
  let repeated = 0;
  const subjects = await listTombstones(storage);
  for (let at = 0; at < subjects.length; at += SUBJECTS_A_STATEMENT) {
    for (const subject of await withKeys(db, subjects.slice(at, at + SUBJECTS_A_STATEMENT))) {
      const tombstone = await readTombstone(storage, subject);
      if (tombstone === undefined) {
        log().error({ subject }, "a tombstone that was not written by us: nothing was erased");
        continue;
      }
      await erase(db, tombstone, clock);
      repeated += 1;
    }
  }
  if (repeated > 0) log().warn({ repeated }, "an older database came back: its erasures were repeated");
  return repeated;
}

/**
 * Retries `repeatErasures` until it succeeds, because nothing may be served before. Returns false when aborted.
 */
export async function untilErasuresRepeated(
  db: Db,
  storage: Pick<Storage, "list" | "get">,
  { signal }: { signal?: AbortSignal } = {},
): Promise<boolean> {
  for (let pause = SECOND / 4; !signal?.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      await repeatErasures(db, storage);
      return true;
    } catch (error) {
      log().error({ err: error }, "nothing is served: tombstones could not be read or applied; trying again");
    }
    await sleep(pause, undefined, { signal, ref: true }).catch(() => {});
  }
  return false;
}

/** Writes missing tombstones, of erasures from before tombstones existed. Returns how many. */
export async function completeTombstones(
  db: Db,
  storage: Pick<Storage, "list" | "put" | "locksObjects">,
): Promise<number> {
  const known = new Set((await listTombstones(storage)).map(({ type, id }) => `${type}/${id}`));
  const erased = await db.dataKey.findMany({
    where: { destroyedAt: { not: null } },
    select: { subjectType: true, subjectId: true, destroyedAt: true },
  });
  let written = 0;
  for (const { subjectType: type, subjectId: id, destroyedAt } of erased) {
    if (destroyedAt === null || known.has(`${type}/${id}`)) continue;
    await writeTombstone(storage, { subject: { type, id }, erasedAt: destroyedAt });
    written += 1;
  }
  return written;
}

async function withKeys(db: Db, subjects: readonly Subject[]): Promise<Subject[]> {
  const rows = await db.dataKey.findMany({
    where: { subjectId: { in: subjects.map(({ id }) => id) }, destroyedAt: null },
    select: { subjectType: true, subjectId: true },
  });
  const existing = new Set(rows.map(({ subjectType, subjectId }) => `${subjectType}/${subjectId}`));
  return subjects.filter(({ type, id }) => existing.has(`${type}/${id}`));
}

async function erase(db: Db, { subject, erasedAt }: Tombstone, clock: Clock): Promise<void> {
  switch (subject.type) {
    case "org":
      return eraseOrganization(db, { orgId: subject.id, erasedAt, again: true }, clock);
    case "user":
      return erasePerson(db, { userId: subject.id, erasedAt }, clock);
    case "inquiry":
      (await destroyDataKey(db, subject, clock))();
      return;
    case "subscriber":
      (await eraseSubscriber(db, subject.id, clock))();
  }
}
