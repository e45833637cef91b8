import { plans } from "../plans";
import type { DbOrTx } from "../platform/db";
import type { Plan } from "../platform/principal";
import { endOfMonth, monthOf } from "./month";
import { tokensOfSubscription } from "./reservation-sql";

export interface TokenQuota {
  /** Tokens in this UTC calendar month; null is unlimited. */
  limit: number | null;
  used: number;
  /** Set aside for requests in progress. */
  reserved: number;
  /** Never below zero; null is unlimited. */
  remaining: number | null;
  resetsAt: Date;
}

/**
 * Where an organisation stands this month: one small read, for headers and the portal. `plan` counts only where no
 * subscription is on record.
 */
export async function getTokenQuota(
  db: DbOrTx,
  { orgId, plan, at }: { orgId: string; plan: Plan; at: Date },
): Promise<TokenQuota> {
  const [row] = await db.$queryRaw<
    { limit_tokens: bigint | null; used_tokens: bigint | null; reserved_tokens: bigint | null }[]
  >`
    SELECT CASE WHEN s.org_id IS NULL THEN ${plans[plan].tokensPerMonth}::bigint ELSE ${tokensOfSubscription} END
        AS limit_tokens,
      q.used_tokens, q.reserved_tokens
    FROM (SELECT ${orgId}::uuid AS org_id) o
    LEFT JOIN subscriptions s USING (org_id)
    LEFT JOIN quota_counters q ON q.org_id = o.org_id AND q.month = ${monthOf(at)}::date`;
  const limit = row?.limit_tokens ?? null;
  const used = row?.used_tokens ?? 0n;
  const reserved = row?.reserved_tokens ?? 0n;
  return {
    limit: limit === null ? null : Number(limit),
    used: Number(used),
    reserved: Number(reserved),
    remaining: limit === null ? null : Math.max(0, Number(limit - used - reserved)),
    resetsAt: endOfMonth(at),
  };
}
