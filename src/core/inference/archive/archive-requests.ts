import { isHeld } from "../../legal-holds";
import { type Clock, type Db, environments, newId, systemClock } from "../../platform";
import { log } from "../../platform/observability/log";
import { type Storage, storage } from "../../platform/storage";
import { newObjectKey, objectOf, pack } from "./archive-object";
import { linesOf } from "./archived-request";
import { emptyRequests } from "./empty-requests";
import { type Batch, type BatchLimits, batchLimits, nextBatch, nextScope, type Scope } from "./plan-archive";
import { HOT_DAYS, hotSince, type RetentionTerms, retentionTerms } from "./retention-terms";

export interface ArchiveOptions {
  store?: Pick<Storage, "put" | "delete">;
  limits?: BatchLimits;
  signal?: AbortSignal;
  clock?: Clock;
}

export interface Archived {
  /** Put into objects. */
  archived: number;
  objects: number;
  /** Past their time, and not kept. */
  ended: number;
  /** Lost their content in the database. */
  emptied: number;
}

type Work = Required<ArchiveOptions>;

const OWN_AT_ONCE = 100;

/**
 * Ends the time of requests in the database: those of organizations that keep an archive are put there, and rows of those with
 * a retention of their own lose their content. Partitions are dropped afterwards by `dropExpiredPartitions`. It can be
 * interrupted anywhere and repeated: an object's range is noted before it is written, and counts once it is stored.
 */
export async function archiveRequests(
  db: Db,
  {
    store = storage(),
    limits = batchLimits,
    signal = new AbortController().signal,
    clock = systemClock,
  }: ArchiveOptions = {},
): Promise<Archived> {
  const total: Archived = { archived: 0, objects: 0, ended: 0, emptied: 0 };
  const work: Work = { store, limits, signal, clock };
  for await (const scope of scopes(db, work)) {
    if (signal.aborted) break;
    try {
      await endScope(db, scope, work, total);
    } catch (error) {
      log().error({ err: error, scope }, "requests of an organization could not be archived yet");
    }
  }
  return total;
}

/** Those with a retention of their own first, then all that have requests older than any is kept. */
async function* scopes(db: Db, { clock }: Work): AsyncGenerator<Scope, void> {
  let last: string | undefined;
  do {
    const own: { id: string }[] = await db.organization.findMany({
      where: {
        OR: [{ retentionDays: { not: null } }, { archiveDays: { not: null } }],
        ...(last !== undefined && { id: { gt: last } }),
      },
      orderBy: { id: "asc" },
      take: OWN_AT_ONCE,
      select: { id: true },
    });
    for (const { id: orgId } of own) for (const environment of environments) yield { orgId, environment };
    last = own.length < OWN_AT_ONCE ? undefined : own.at(-1)?.id;
  } while (last !== undefined);
  const before = hotSince({ days: HOT_DAYS }, clock.now());
  let after: Scope | undefined;
  do {
    after = await nextScope(db, { before, after });
    if (after !== undefined) yield after;
  } while (after !== undefined);
}

async function endScope(db: Db, scope: Scope, work: Work, total: Archived): Promise<void> {
  const terms = await retentionTerms(db, scope.orgId);
  const before = hotSince(terms, work.clock.now());
  await finishInterrupted(db, scope, work, terms, total);
  for (;;) {
    const after = await doneUpTo(db, scope);
    const batch = await nextBatch(db, scope, { after, before }, work.limits);
    const [firstId, lastId] = [batch.ids[0], batch.ids.at(-1)];
    if (firstId === undefined || lastId === undefined || work.signal.aborted) break;
    const kept = batch.ids.length - (terms.held ? 0 : batch.deletedIds.length);
    if (kept > 0 && (terms.archiveDays > 0 || terms.held) && !terms.erased) {
      const { deletedIds } = batch;
      // Kept only because they are held: they go with the next rewriting after it.
      const rewriteAt = terms.held && deletedIds.length > 0 ? work.clock.now() : null;
      const id = await planArchive(db, scope, { firstId, lastId, deletedIds, rewriteAt }, work);
      if (!(await storeArchive(db, { ...scope, id }, work, total))) break;
    } else {
      await advance(db, scope, lastId);
      total.ended += batch.ids.length;
    }
  }
  total.emptied += await emptyRequests(db, scope, { terms, before, ...work });
}

async function planArchive(
  db: Db,
  { orgId, environment }: Scope,
  range: { firstId: string; lastId: string; rewriteAt: Date | null } & Pick<Batch, "deletedIds">,
  { clock }: Work,
): Promise<string> {
  const now = clock.now();
  const id = newId(now);
  const { keyCipher } = await newObjectKey(db, { orgId, id });
  await db.requestArchive.create({ data: { id, orgId, environment, ...range, keyCipher, createdAt: now } });
  return id;
}

/** The object that was planned when the process ended: its range is the same, so it is written over. */
async function finishInterrupted(
  db: Db,
  scope: Scope,
  work: Work,
  { erased }: RetentionTerms,
  total: Archived,
): Promise<void> {
  const planned = await db.requestArchive.findFirst({
    where: { ...scope, storedAt: null },
    select: { id: true },
  });
  if (planned !== null && !erased) await storeArchive(db, { ...scope, id: planned.id }, work, total);
}

/** False where the organization was erased meanwhile: then there is nothing left to archive. */
async function storeArchive(
  db: Db,
  { orgId, environment, id }: Scope & { id: string },
  { store, clock }: Work,
  total: Archived,
): Promise<boolean> {
  const row = await db.requestArchive.findUnique({ where: { id } });
  if (row === null) return false;
  const held = await isHeld(db, { type: "org", id: orgId });
  const lines = await linesOf(db, row, { deleted: held });
  const body = await pack(db, row, lines);
  const object = objectOf(orgId, id);
  await store.put(object, body, { contentType: "application/octet-stream" });
  const stored = await db.$transaction(async (tx) => {
    const { count } = await tx.requestArchive.updateMany({
      where: { id, storedAt: null },
      data: { storedAt: clock.now(), requests: lines.length, bytes: body.byteLength },
    });
    if (count === 1) await advance(tx, { orgId, environment }, row.lastId);
    return count === 1;
  });
  if (!stored) {
    await store.delete(object);
    return false;
  }
  total.archived += lines.length;
  total.objects += 1;
  return true;
}

async function doneUpTo(db: Db, { orgId, environment }: Scope): Promise<string | undefined> {
  const found = await db.requestRetention.findUnique({
    where: { orgId_environment: { orgId, environment } },
    select: { doneUpTo: true },
  });
  return found?.doneUpTo;
}

async function advance(
  db: Pick<Db, "requestRetention">,
  { orgId, environment }: Scope,
  lastId: string,
): Promise<void> {
  await db.requestRetention.upsert({
    where: { orgId_environment: { orgId, environment } },
    create: { orgId, environment, doneUpTo: lastId },
    update: { doneUpTo: lastId },
  });
}
