import { plans } from "../../shared/plans";
import type { DbOrTx, Environment, Principal } from "../platform";
import { Prisma } from "../platform/db/client";
import { limitOfPeriod, monthOf, paysOverage, quotaPeriodSql } from "./period/quota-period";
import { unusedKeyMicros, unusedMicros, unusedTokens } from "./reserve/unused-of-leases";

/** Micro-dollars of this UTC month against a cap; null: no cap. */
export interface SpendHeadroom {
  cap: bigint | null;
  spent: bigint;
  reserved: bigint;
}

export interface Headroom {
  quota: {
    /** Tokens in the current period; null is unlimited. */
    limit: number | null;
    used: number;
    reserved: number;
    /** Whether the organization pays for usage beyond the limit. */
    overage: boolean;
  };
  spend: SpendHeadroom;
  /** The calling key's; null for a person. */
  keySpend: SpendHeadroom | null;
}

interface Row {
  limit_tokens: bigint | null;
  used_tokens: bigint | null;
  quota_reserved: bigint | null;
  overage: boolean | null;
  org_cap: bigint | null;
  org_spent: bigint | null;
  org_reserved: bigint | null;
  key_cap: bigint | null;
  key_spent: bigint | null;
  key_reserved: bigint | null;
}

/**
 * What an organization and a calling key may still use in the period and spend this month: everything acceptance
 * checks. Test requests are unlimited and see nothing of live usage.
 */
export async function readHeadroom(
  db: DbOrTx,
  { principal, environment, at }: { principal: Principal; environment: Environment; at: Date },
): Promise<Headroom> {
  if (environment === "test") return testHeadroom(principal);
  const month = monthOf(at);
  const key = principal.kind === "key" ? principal : null;
  const period = quotaPeriodSql({
    at: Prisma.sql`${at}::timestamptz`,
    planTokens: Prisma.sql`${plans[principal.plan].tokensPerMonth}::bigint`,
  });
  const [row] = await db.$queryRaw<Row[]>`
    SELECT
      ${limitOfPeriod} AS limit_tokens, q.used_tokens, q.reserved_tokens - ${unusedTokens} AS quota_reserved, ${paysOverage} AS overage,
      s.monthly_cap_micros AS org_cap, o.spent_micros AS org_spent, o.reserved_micros - ${unusedMicros} AS org_reserved,
      k.monthly_cap_micros AS key_cap, m.spent_micros AS key_spent, m.reserved_micros - ${unusedKeyMicros} AS key_reserved
    FROM (SELECT ${principal.orgId}::uuid AS org_id) asking
    LEFT JOIN subscriptions s USING (org_id)
    CROSS JOIN LATERAL (${period}) p
    LEFT JOIN quota_counters q ON q.org_id = asking.org_id AND q.starts_at = p.starts_at
    LEFT JOIN quota_counters o ON o.org_id = asking.org_id AND o.starts_at = date_trunc('month', ${at}::timestamptz, 'UTC')
    LEFT JOIN api_keys k ON k.org_id = asking.org_id AND k.id = ${key?.apiKeyId ?? null}::uuid
    LEFT JOIN key_spend m ON m.org_id = asking.org_id AND m.key_id = ${key?.spendId ?? null}::uuid AND m.month = ${month}::date`;
  const limit = row?.limit_tokens ?? null;
  return {
    quota: {
      limit: limit === null ? null : Number(limit),
      used: Number(row?.used_tokens ?? 0n),
      reserved: Number(row?.quota_reserved ?? 0n),
      overage: row?.overage ?? false,
    },
    spend: { cap: row?.org_cap ?? null, spent: row?.org_spent ?? 0n, reserved: row?.org_reserved ?? 0n },
    keySpend:
      key === null
        ? null
        : { cap: row?.key_cap ?? null, spent: row?.key_spent ?? 0n, reserved: row?.key_reserved ?? 0n },
  };
}

function testHeadroom({ kind }: Principal): Headroom {
  const none: SpendHeadroom = { cap: null, spent: 0n, reserved: 0n };
  return {
    quota: { limit: null, used: 0, reserved: 0, overage: false },
    spend: none,
    keySpend: kind === "key" ? none : null,
  };
}
