import type { Db, Prisma } from "../platform/db/client";
import type { LimitKind } from "../quota";

/** How a limit stands when it is told of. */
export interface AlertedLimit {
  kind: LimitKind;
  /** Tokens, or micro-dollars for a cap. */
  limit: number;
  used: number;
  /** The key's name, where the cap is a key's. */
  keyName: string | null;
  keyMaker: string | null;
  /** Whether requests go on past the quota, billed. */
  paysOverage: boolean;
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
  // The last reservation kept no limit: what goes past it is paid for.
  const paysOverage = kind === "quota" && counter.limitTokens === null;
  const used = Number(kind === "quota" ? counter.usedTokens : counter.spentMicros);
  return { ...none, kind, limit: Number(limit), used, paysOverage };
}
