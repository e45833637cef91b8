import { emailMembers } from "../accounts";
import { type Clock, type Db, stableId, systemClock, toPublicId } from "../platform";
import type { Prisma } from "../platform/db/client";
import { emitEvents, type WebhookEvent } from "../webhooks";
import { type AlertedLimit, thresholdEmail } from "./threshold-email";

const AT_ONCE = 200;

/**
 * Emails recorded thresholds: to the owners and billing members, and for a key's cap also to the key's creator. Each is
 * claimed before its email is sent, so that a crash sends no second one; if nobody could be reached it is released and
 * tried again. Thresholds of a past period are dropped. Webhook endpoints get an event, whether or not anybody muted the emails.
 * @returns how many were sent.
 */
export async function notifyThresholds(
  db: Db,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<number> {
  const now = clock.now();
  await db.usageAlert.updateMany({
    where: { emailedAt: null, endsAt: { lte: now } },
    data: { emailedAt: now },
  });
  const waiting = await db.usageAlert.findMany({
    where: { emailedAt: null, endsAt: { gt: now } },
    orderBy: { createdAt: "asc" },
    take: AT_ONCE,
  });
  let notified = 0;
  for (const recorded of waiting) {
    if (signal?.aborted) break;
    const { subjectId, startsAt, endsAt, kind, percent, limit, orgId } = recorded;
    const row = { subjectId, startsAt, kind, percent, limit };
    const claimed = await db.usageAlert.updateMany({
      where: { ...row, emailedAt: null },
      data: { emailedAt: now },
    });
    if (claimed.count === 0) continue;
    const alert = await readAlertedLimit(db, recorded);
    if (alert === undefined) continue;
    await emitEvents(db, [thresholdEvent(recorded, alert)]);
    const email = thresholdEmail({ ...alert, percent, resetsAt: endsAt });
    const userIds = await readersOf(db, orgId, alert.keyMaker);
    const reached = await emailMembers(db, { orgId, userIds }, email, {
      about: `${percent}% of a limit (${kind})`,
      kind: "usage",
    });
    if (reached) notified += 1;
    else await db.usageAlert.updateMany({ where: row, data: { emailedAt: null } });
  }
  return notified;
}

/** An alert that is claimed again, because nobody could be emailed, is the same event. */
function thresholdEvent(recorded: UsageAlert, { used }: AlertedLimit): WebhookEvent {
  const { orgId, subjectId, kind, percent, limit, startsAt, endsAt, createdAt } = recorded;
  return {
    id: stableId(
      createdAt,
      `usage.threshold ${subjectId} ${startsAt.toISOString()} ${kind} ${percent} ${limit}`,
    ),
    orgId,
    type: "usage.threshold",
    data: {
      limit: kind,
      percent,
      unit: kind === "quota" ? "tokens" : "micro_dollars",
      used,
      amount: Number(limit),
      api_key_id: kind === "key_cap" ? toPublicId("key", subjectId) : null,
      period_start: startsAt.toISOString(),
      period_end: endsAt.toISOString(),
    },
  };
}

async function readersOf(db: Db, orgId: string, keyMaker: string | null): Promise<string[]> {
  const members = await db.membership.findMany({
    where: { orgId, user: { deletedAt: null } },
    select: { userId: true, role: true },
  });
  return members
    .filter(({ userId, role }) => role === "owner" || role === "billing" || userId === keyMaker)
    .map(({ userId }) => userId);
}

type UsageAlert = Prisma.UsageAlertGetPayload<object>;

/** Undefined when there is nothing to tell any more: the key or the organization is gone. */
export async function readAlertedLimit(
  db: Db,
  { subjectId, orgId, kind, startsAt, limit }: UsageAlert,
): Promise<AlertedLimit | undefined> {
  const none = { keyName: null, keyMaker: null, paysOverage: false };
  if (kind === "key_cap") {
    const key = await db.apiKey.findFirst({
      where: { spendId: subjectId, orgId, successorId: null, revokedAt: null },
      orderBy: { id: "desc" },
      select: { name: true, createdBy: true },
    });
    const spend = await db.keySpend.findUnique({
      where: { keyId_month: { keyId: subjectId, month: startsAt } },
    });
    if (key === null || spend === null) return undefined;
    const used = Number(spend.spentMicros);
    return { ...none, kind, limit: Number(limit), used, keyName: key.name, keyMaker: key.createdBy };
  }
  const counter = await db.quotaCounter.findUnique({ where: { orgId_startsAt: { orgId, startsAt } } });
  if (counter === null || (kind !== "quota" && kind !== "org_cap")) return undefined;
  // The last reservation had no token limit, so usage past the quota is billed as overage.
  const paysOverage = kind === "quota" && counter.limitTokens === null;
  const used = Number(kind === "quota" ? counter.usedTokens : counter.spentMicros);
  return { ...none, kind, limit: Number(limit), used, paysOverage };
}
