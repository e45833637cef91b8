import { type DbOrTx, Prisma } from "../platform/db";
import { AppError } from "../platform/errors";
import { endOfMonth, monthOf } from "./month";

export interface Reservation {
  orgId: string;
  /** The moment of acceptance: it decides the month. */
  at: Date;
  tokens: number;
  /** Tokens a month; null is unlimited. */
  limit: number | null;
}

/**
 * Sets tokens aside before a call, or refuses. One conditional upsert: however many run at once, what is used and
 * reserved together never passes the limit.
 *
 * @throws AppError `quota_exceeded`; nothing is written then.
 */
export async function reserveTokens(tx: DbOrTx, { orgId, at, tokens, limit }: Reservation): Promise<void> {
  const asked = Prisma.sql`
    SELECT ${orgId}::uuid AS org_id, ${monthOf(at)}::date AS month, ${tokens}::bigint AS tokens,
      ${limit}::bigint AS limit_tokens`;
  const reserved = await tx.$queryRaw<unknown[]>(reservationSql(asked));
  if (reserved.length > 0) return;
  const counter = await tx.quotaCounter.findUnique({
    where: { orgId_month: { orgId, month: new Date(monthOf(at)) } },
  });
  throw quotaExceeded({
    at,
    tokens,
    limit: limit ?? 0,
    used: Number(counter?.usedTokens ?? 0n),
    reserved: Number(counter?.reservedTokens ?? 0n),
  });
}

/**
 * The upsert on its own, for a statement that reserves and inserts in one round trip. `asked` selects `org_id`,
 * `month`, `tokens` and `limit_tokens`, one row an organisation and month; each that fits comes back. Rows are locked
 * in one order everywhere, so that two such statements never wait for each other.
 */
export function reservationSql(asked: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO quota_counters AS q (org_id, month, limit_tokens, used_tokens, reserved_tokens, updated_at)
    SELECT org_id, month, limit_tokens, 0, tokens, now() FROM (${asked}) asked
    WHERE limit_tokens IS NULL OR tokens <= limit_tokens
    ORDER BY org_id, month
    ON CONFLICT (org_id, month) DO UPDATE SET
      limit_tokens = EXCLUDED.limit_tokens,
      reserved_tokens = q.reserved_tokens + EXCLUDED.reserved_tokens,
      updated_at = EXCLUDED.updated_at
    WHERE EXCLUDED.limit_tokens IS NULL
      OR q.used_tokens + q.reserved_tokens + EXCLUDED.reserved_tokens <= EXCLUDED.limit_tokens
    RETURNING q.org_id, q.month`;
}

/** What a caller is told whose request does not fit: what it needs, what is used, and when that changes. */
export function quotaExceeded(state: {
  at: Date;
  tokens: number;
  limit: number;
  used: number;
  reserved: number;
}): AppError {
  const count = (value: number) => value.toLocaleString("en-US");
  const reset = endOfMonth(state.at);
  const inProgress =
    state.reserved > 0 ? `, and ${count(state.reserved)} are set aside for requests in progress` : "";
  return new AppError("quota_exceeded", {
    public:
      `This request may take up to ${count(state.tokens)} tokens, which does not fit your monthly quota: ` +
      `${count(state.used)} of ${count(state.limit)} tokens are used${inProgress}. ` +
      `The quota starts anew at ${reset.toISOString().slice(0, 16).replace("T", " ")} UTC. ` +
      "A smaller max_tokens reserves less; a larger plan raises the limit.",
    retryAfterSeconds: Math.max(1, Math.ceil((reset.getTime() - state.at.getTime()) / 1_000)),
  });
}
