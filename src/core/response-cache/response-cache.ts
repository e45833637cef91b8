import { z } from "zod";
import { actorOf, recordAuditIn } from "../audit";
import { lockOrganization, orgNotFound, orgSubject } from "../orgs";
import {
  type Clock,
  type Db,
  SECOND,
  systemClock,
  type Tx,
  toPublicId,
  type UserPrincipal,
} from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import { withTimeout } from "../platform/concurrency/with-timeout";
import { FreshCache } from "../platform/fresh-cache";
import { log } from "../platform/observability/log";
import { deletedSchema } from "../platform/schemas/deleted";
import { decryptText, encryptText } from "../privacy";
import { answerField, type CacheScope, entryOf } from "./cache-scope";
import { cacheMetrics } from "./metrics";
import { stores } from "./stores";

/** A longer answer is not stored. */
const MAX_BYTES = 1024 * 1024;
/** A caller waits no longer for an answer that may be stored: 200 ms with what a busy process adds. */
const READ_MS = 150;
/** A purge holds everywhere within this time, and at once in the process that made it. */
const PURGE_KNOWN_MS = 5 * SECOND;

const storedSchema = z.object({
  storedAt: z.number(),
  expiresAt: z.number(),
  answer: z.record(z.string(), z.json()),
  usage: z.record(z.string(), z.json()).nullable(),
  finishReason: z.string().nullable(),
  upstreamModel: z.string(),
});

/** A whole answer in OpenAI's shape, its usage apart. */
export type CacheableAnswer = Omit<z.output<typeof storedSchema>, "storedAt" | "expiresAt">;
export interface CachedAnswer extends CacheableAnswer {
  ageSeconds: number;
}

const purges = singleton(
  "purges of response caches",
  () => new FreshCache<number>({ maxAgeMs: PURGE_KNOWN_MS, maxEntries: 10_000 }),
);

function readPurges(db: Db, orgId: string): Promise<number> {
  return purges().get(orgId, async () => {
    const row = await db.responseCache.findUnique({ where: { orgId }, select: { purges: true } });
    return row?.purges ?? 0;
  });
}

/**
 * The answer that was stored for this very scope, if it is no older than `maxAgeSeconds`. Undefined within 200 ms, and
 * whatever fails: then a model answers.
 */
export async function readCached(
  db: Db,
  scope: CacheScope,
  { maxAgeSeconds, withinMs = READ_MS }: { maxAgeSeconds: number; withinMs?: number },
  clock: Clock = systemClock,
): Promise<CachedAnswer | undefined> {
  let found: CachedAnswer | undefined;
  try {
    found = await withTimeout(read(db, scope, maxAgeSeconds, clock), withinMs);
  } catch (error) {
    log().debug({ err: error }, "the response cache could not be read: a model answers");
  }
  cacheMetrics().lookups.inc({ result: found === undefined ? "miss" : "hit" });
  return found;
}

async function read(
  db: Db,
  scope: CacheScope,
  maxAgeSeconds: number,
  clock: Clock,
): Promise<CachedAnswer | undefined> {
  const entry = await entryOf(db, scope, await readPurges(db, scope.orgId));
  const cipher = await stores().read(db, entry);
  if (cipher === undefined) return undefined;
  const text = await decryptText(db, orgSubject(scope.orgId), answerField(entry), cipher);
  const { storedAt, expiresAt, ...answer } = storedSchema.parse(JSON.parse(text));
  const now = clock.now().getTime();
  const ageSeconds = Math.max(0, Math.floor((now - storedAt) / SECOND));
  return now >= expiresAt || ageSeconds >= maxAgeSeconds ? undefined : { ...answer, ageSeconds };
}

/**
 * Stores a whole answer for others of the same scope; the newer one wins. Where the organization's room (`maxBytes`) is
 * taken, those that expire first go. Too long ones are left out, and none stays where storage has been forbidden meanwhile.
 */
export async function storeAnswer(
  db: Db,
  scope: CacheScope,
  answer: CacheableAnswer,
  { ttlSeconds, maxBytes }: { ttlSeconds: number; maxBytes: number },
  clock: Clock = systemClock,
): Promise<void> {
  const storedAt = clock.now().getTime();
  const expiresAt = storedAt + ttlSeconds * SECOND;
  const text = JSON.stringify({ ...answer, storedAt, expiresAt });
  const { writes, evictions } = cacheMetrics();
  if (Buffer.byteLength(text) > MAX_BYTES) {
    writes.inc({ result: "refused" });
    return;
  }
  const entry = await entryOf(db, scope, await readPurges(db, scope.orgId));
  const cipher = await encryptText(db, orgSubject(scope.orgId), answerField(entry), text);
  const { stored, evicted } = await stores().write(db, entry, {
    cipher,
    expiresAt: new Date(expiresAt),
    maxBytes,
  });
  evictions.inc(evicted);
  // Looked at after the write: who forbids later empties the cache later.
  const isKept = stored && !(await isForbidden(db, scope.orgId));
  if (stored && !isKept) await deleteCachedAnswers(db, scope.orgId);
  writes.inc({ result: isKept ? "stored" : "refused" });
}

async function isForbidden(db: Db, orgId: string): Promise<boolean> {
  return (await db.organization.count({ where: { id: orgId, storage: "forbidden" } })) > 0;
}

export const purgedCacheSchema = deletedSchema("response_cache");

/** Forgets all stored answers of the caller's organization: here at once, in every other process within five seconds. */
export async function purgeResponseCache(
  db: Db,
  { principal }: { principal: UserPrincipal },
  clock: Clock = systemClock,
): Promise<z.output<typeof purgedCacheSchema>> {
  const { orgId } = principal;
  const now = clock.now();
  await db.$transaction(async (tx) => {
    if (!(await lockOrganization(tx, principal))) throw orgNotFound();
    await forgetAnswersIn(tx, { orgId, now });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "data.cache_purged",
      target: { type: "organization", id: orgId },
    });
  });
  await forgetAnswers(db, orgId);
  return { id: toPublicId("org", orgId), object: "response_cache", deleted: true };
}

/** From the commit on no answer stored before can be found; `forgetAnswers` deletes them after it. */
export async function forgetAnswersIn(tx: Tx, { orgId, now }: { orgId: string; now: Date }): Promise<void> {
  await tx.responseCache.upsert({
    where: { orgId },
    create: { orgId, purges: 1, purgedAt: now },
    update: { purges: { increment: 1 }, purgedAt: now },
  });
}

export async function forgetAnswers(db: Db, orgId: string): Promise<void> {
  purges().drop(orgId);
  await deleteCachedAnswers(db, orgId);
}

/** The stored answers of an organization that is being erased; unreadable already, since its data key is gone. */
export async function deleteCachedAnswers(db: Db, orgId: string): Promise<void> {
  await stores().deleteAll(db, orgId);
}
