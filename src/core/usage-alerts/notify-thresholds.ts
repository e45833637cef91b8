import { emailUser } from "../accounts";
import { type Clock, type Db, stableId, systemClock, toPublicId } from "../platform";
import type { Prisma } from "../platform/db/client";
import { log } from "../platform/observability/log";
import { emitEvents, type WebhookEvent } from "../webhooks";
import { type AlertedLimit, thresholdEmail } from "./threshold-email";

const AT_ONCE = 200;

/**
 * Emails recorded thresholds: to the owners and billing members, and for a key's cap also to the key's creator. Each is
 * claimed before its email is sent, so that a crash sends no second one; if nobody could be reached it is released and
 * tried again. Thresholds of a past period are dropped. Webhooks are told as well, whoever muted their emails.
 * @returns how many were sent.
 */
export async function notifyThresholds(
  db: Db,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<number> {
  const now = clock.now();
  await db.usageNotice.updateMany({
    where: { mailedAt: null, endsAt: { lte: now } },
    data: { mailedAt: now },
  });
  const waiting = await db.usageNotice.findMany({
    where: { mailedAt: null, endsAt: { gt: now } },
    orderBy: { createdAt: "asc" },
    take: AT_ONCE,
  });
  let notified = 0;
  for (const notice of waiting) {
    if (signal?.aborted) break;
    const { subjectId, startsAt, endsAt, kind, percent, limit, orgId } = notice;
    const row = { subjectId, startsAt, kind, percent, limit };
    const claimed = await db.usageNotice.updateMany({
      where: { ...row, mailedAt: null },
      data: { mailedAt: now },
    });
    if (claimed.count === 0) continue;
    const alert = await readAlertedLimit(db, notice);
    if (alert === undefined) continue;
    await emitEvents(db, [thresholdEvent(notice, alert)]);
    const email = thresholdEmail({ ...alert, percent, resetsAt: endsAt });
    const readers = await readersOf(db, orgId, alert.keyMaker);
    const sent = await Promise.allSettled(
      readers.map((userId) => emailUser(db, userId, email, { kind: "usage" })),
    );
    const failed = sent.filter((one) => one.status === "rejected");
    if (failed.length < sent.length || sent.length === 0) notified += 1;
    else await db.usageNotice.updateMany({ where: row, data: { mailedAt: null } });
    if (failed.length > 0) {
      // Without the errors, which may contain the address.
      log().warn({ failed: failed.length, org_id: orgId, kind, percent }, "usage mails could not be sent");
    }
  }
  return notified;
}

/** A notice that is claimed again, because nobody could be emailed, is the same event. */
function thresholdEvent(notice: Notice, { used }: AlertedLimit): WebhookEvent {
  const { orgId, subjectId, kind, percent, limit, startsAt, endsAt, createdAt } = notice;
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

type Notice = Prisma.UsageNoticeGetPayload<object>;

/** Undefined when there is nothing to tell any more: the key or the organization is gone. */
export async function readAlertedLimit(
  db: Db,
  { subjectId, orgId, kind, startsAt, limit }: Notice,
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
