import type { Plan } from "../../shared/plans";
import { plans } from "../../shared/plans";
import { type DbOrTx, defaultEnvironment, type Principal, startOfMonth } from "../platform";
import { Prisma } from "../platform/db/client";
import { endOfMonth, limitOfPeriod, quotaPeriodSql } from "./period/quota-period";
import { unusedTokens } from "./reserve/unused-of-leases";

export interface TokenQuota {
  /** Tokens in the current period; null is unlimited. */
  limit: number | null;
  used: number;
  /** Reserved for requests in progress. */
  reserved: number;
  /** Never below zero; null is unlimited. */
  remaining: number | null;
  /** The subscription's period, or the UTC calendar month without one. */
  startsAt: Date;
  resetsAt: Date;
}

interface Row {
  limit_tokens: bigint | null;
  used_tokens: bigint | null;
  reserved_tokens: bigint | null;
  starts_at: Date;
  ends_at: Date;
}

/**
 * An organization's quota in its current period: one small read, for headers and the portal. `plan` counts only where
 * there is no subscription row.
 */
export async function getTokenQuota(
  db: DbOrTx,
  { orgId, plan, at }: { orgId: string; plan: Plan; at: Date },
): Promise<TokenQuota> {
  const period = quotaPeriodSql({
    at: Prisma.sql`${at}::timestamptz`,
    planTokens: Prisma.sql`${plans[plan].tokensPerMonth}::bigint`,
  });
  const [row] = await db.$queryRaw<Row[]>`
    SELECT ${limitOfPeriod} AS limit_tokens, q.used_tokens,
      q.reserved_tokens - ${unusedTokens} AS reserved_tokens, p.starts_at, p.ends_at
    FROM (SELECT ${orgId}::uuid AS org_id) o
    LEFT JOIN subscriptions s USING (org_id)
    CROSS JOIN LATERAL (${period}) p
    LEFT JOIN quota_counters q ON q.org_id = o.org_id AND q.starts_at = p.starts_at`;
  if (row === undefined) throw new Error("an organization without a period");
  const limit = row.limit_tokens;
  const used = row.used_tokens ?? 0n;
  const reserved = row.reserved_tokens ?? 0n;
  return {
    limit: limit === null ? null : Number(limit),
    used: Number(used),
    reserved: Number(reserved),
    remaining: limit === null ? null : Math.max(0, Number(limit - used - reserved)),
    startsAt: row.starts_at,
    resetsAt: row.ends_at,
  };
}

/** What each organization has used in its current period, by id. Organizations without usage are missing. */
export async function readUsedTokens(
  db: DbOrTx,
  { orgIds, at }: { orgIds: readonly string[]; at: Date },
): Promise<Map<string, number>> {
  const period = quotaPeriodSql({
    at: Prisma.sql`${at}::timestamptz`,
    planTokens: Prisma.sql`${plans.free.tokensPerMonth}::bigint`,
  });
  const rows = await db.$queryRaw<{ org_id: string; used_tokens: bigint }[]>`
    SELECT o.org_id, q.used_tokens
    FROM unnest(${[...orgIds]}::uuid[]) AS o(org_id)
    LEFT JOIN subscriptions s USING (org_id)
    CROSS JOIN LATERAL (${period}) p
    JOIN quota_counters q ON q.org_id = o.org_id AND q.starts_at = p.starts_at`;
  return new Map(rows.map(({ org_id, used_tokens }) => [org_id, Number(used_tokens)]));
}

/** The tokens the caller may still use. Test requests have no limit and see nothing of the live one. */
export async function getCallerQuota(
  db: DbOrTx,
  { principal, at }: { principal: Principal; at: Date },
): Promise<TokenQuota> {
  if (defaultEnvironment(principal) === "live") {
    return await getTokenQuota(db, { orgId: principal.orgId, plan: principal.plan, at });
  }
  const month = { startsAt: startOfMonth(at), resetsAt: endOfMonth(at) };
  return { limit: null, used: 0, reserved: 0, remaining: null, ...month };
}
