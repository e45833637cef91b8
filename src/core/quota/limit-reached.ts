import { LRUCache } from "lru-cache";
import { formatMoneyExactly } from "../../shared/format/money";
import { AppError, type Db, systemClock } from "../platform";
import { log } from "../platform/observability/log";

/** The limits a request can hit: the plan's tokens, or the spending cap of its organization or key. */
export type LimitKind = "quota" | "org_cap" | "key_cap";

/** A limit's state when the request was refused: tokens for the quota, micro-dollars for a cap. */
export interface LimitState {
  by: LimitKind;
  /** The moment of acceptance, and the period the limit belongs to: the quota's own, or a cap's calendar month. */
  at: Date;
  startsAt: Date;
  resetsAt: Date;
  /** The most the request may use. */
  asked: number;
  limit: number;
  used: number;
  reserved: number;
}

/**
 * @returns `quota_exceeded` or `spend_cap_reached`, with the amount needed, the amount used, the time of the reset and
 * the customer's options.
 */
export function limitReached(state: LimitState): AppError {
  return state.by === "quota" ? quotaExceeded(state) : capReached(state);
}

function quotaExceeded({ at, resetsAt, asked, limit, used, reserved }: LimitState): AppError {
  const count = (value: number) => value.toLocaleString("en-US");
  return new AppError("quota_exceeded", {
    public:
      `This request may need up to ${count(asked)} tokens, more than you have left this month: ` +
      `${count(used)} of ${count(limit)} tokens are used${heldPart(reserved, count)}. ` +
      `Tokens reset at ${timeOf(resetsAt)}. Lower max_tokens to hold less, or upgrade to raise the limit.`,
    retryAfterSeconds: secondsUntil(resetsAt, at),
  });
}

function capReached({ by, at, resetsAt, asked, limit, used, reserved }: LimitState): AppError {
  const whose = by === "org_cap" ? "the spend cap of your organization" : "the spend cap of this API key";
  const raise = by === "org_cap" ? "Billing" : "API keys";
  return new AppError("spend_cap_reached", {
    public:
      `This request may cost up to ${formatMoneyExactly(asked)}, more than is left under ${whose}: ` +
      `${formatMoneyExactly(used)} of ${formatMoneyExactly(limit)} are spent this month${heldPart(reserved, formatMoneyExactly)}. ` +
      `The month ends at ${timeOf(resetsAt)}. Lower max_tokens to hold less, or raise the cap under ${raise} in the portal.`,
    retryAfterSeconds: secondsUntil(resetsAt, at),
  });
}

function heldPart(reserved: number, format: (value: number) => string): string {
  return reserved > 0 ? `, and ${format(reserved)} are held for running requests` : "";
}

function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function secondsUntil(reset: Date, at: Date): number {
  return Math.max(1, Math.ceil((reset.getTime() - at.getTime()) / 1_000));
}

/** The share of a limit from which a refusal counts as "limit reached"; the rest is too small to use. */
const REACHED = 0.9;
const recorded = new LRUCache<string, true>({ max: 10_000 });

/**
 * Records that a limit was reached, to be emailed: near the limit no request may fit, so usage alone never reaches
 * 100%. Runs off the caller's path, once per process, period and limit. One large request against an almost unused
 * limit is not recorded.
 */
export function recordRefusal(db: Db, refused: LimitState & { orgId: string; subjectId: string }): void {
  const { by, startsAt, resetsAt, limit, used, reserved, orgId, subjectId } = refused;
  if (limit <= 0 || used + reserved < limit * REACHED) return;
  const name = `${subjectId} ${by} ${startsAt.toISOString()} ${limit}`;
  if (recorded.has(name)) return;
  recorded.set(name, true);
  db.$executeRaw`
    INSERT INTO usage_alerts (subject_id, starts_at, ends_at, kind, percent, limit_amount, org_id, created_at)
    VALUES (${subjectId}::uuid, ${startsAt}::timestamptz, ${resetsAt}::timestamptz, ${by}, 100, ${limit}::bigint, ${orgId}::uuid, ${systemClock.now()}::timestamptz)
    ON CONFLICT DO NOTHING`.catch((error: unknown) => {
    recorded.delete(name);
    log().warn({ err: error, org_id: orgId }, "a usage alert could not be recorded");
  });
}
