import {
  type Clock,
  type Db,
  type DbOrTx,
  type Principal,
  reachOf,
  systemClock,
  toPublicId,
} from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { readPage } from "../../platform/list";
import { keyNotFound } from "../manage/key-manager";
import type { KeyIdInput, KeyListView, KeyView, ListKeysInput } from "../schemas";
import { noServiceKeys } from "../verify/service-key";
import { keyColumns, viewKey, viewKeys } from "./key-view";

/**
 * The organization's API keys, newest first, ended ones included; never their secrets. A key sees those of its own
 * environment. @throws AppError `invalid_cursor`.
 */
export async function listKeys(
  db: Db,
  { principal, input }: { principal: Principal; input: ListKeysInput },
  clock: Clock = systemClock,
): Promise<KeyListView> {
  const { orgId } = principal;
  const reach = visibleKeys(principal);
  const identity = { list: "keys", owner: orgId, filter: reach };
  const { rows, next_cursor } = await readPage(identity, input, ({ where, order, take }) =>
    asOrganization(db, orgId, (tx) =>
      tx.apiKey.findMany({
        where: { ...reach, ...noServiceKeys, ...where },
        orderBy: { id: order },
        take,
        select: keyColumns,
      }),
    ),
  );
  return { data: await viewKeys(db, { orgId, rows, now: clock.now() }), next_cursor };
}

/** One of the keys in the caller's reach, ended or not; never its secret. @throws AppError `not_found`. */
export async function getKey(
  db: Db,
  { principal, input }: { principal: Principal; input: KeyIdInput },
  clock: Clock = systemClock,
): Promise<KeyView> {
  const row = await asOrganization(db, principal.orgId, (tx) =>
    tx.apiKey.findUnique({ where: { id: input.id, ...visibleKeys(principal) }, select: keyColumns }),
  );
  if (row === null) throw keyNotFound();
  return await viewKey(db, { orgId: principal.orgId, row, now: clock.now() });
}

/** The keys that a caller may see: an organization's, and of those a key only its own environment's. */
export function visibleKeys(principal: Principal) {
  const { orgId, environment } = reachOf(principal);
  return { orgId, ...(environment !== "all" && { environment }) };
}

/** Names of an organization's keys, revoked ones included. */
export async function nameKeys(
  db: DbOrTx,
  { orgId, keyIds }: { orgId: string; keyIds: readonly string[] },
): Promise<Map<string, string>> {
  const keys = await db.apiKey.findMany({
    where: { orgId, id: { in: [...keyIds] } },
    select: { id: true, name: true },
  });
  return new Map(keys.map(({ id, name }) => [id, name]));
}

export interface KeySummary {
  /** Whether the organization has ever made a key. */
  any: boolean;
  /** Keys that work now and stop by `until`, unless they have a successor: the soonest first. */
  expiring: { id: string; name: string; expires_at: string }[];
}

const MOST_SHOWN = 5;

export async function readKeySummary(
  db: Db,
  { orgId, now, until }: { orgId: string; now: Date; until: Date },
): Promise<KeySummary> {
  const [any, expiring] = await Promise.all([
    db.apiKey.findFirst({ where: { orgId, ...noServiceKeys }, select: { id: true } }),
    db.apiKey.findMany({
      where: { orgId, revokedAt: null, successorId: null, expiresAt: { gt: now, lte: until } },
      orderBy: { expiresAt: "asc" },
      take: MOST_SHOWN,
      select: { id: true, name: true, expiresAt: true },
    }),
  ]);
  return {
    any: any !== null,
    expiring: expiring.flatMap(({ id, name, expiresAt }) =>
      expiresAt === null ? [] : [{ id: toPublicId("key", id), name, expires_at: expiresAt.toISOString() }],
    ),
  };
}
