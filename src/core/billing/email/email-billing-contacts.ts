import { type EmailKind, emailUser } from "../../accounts";
import type { Db, Tx } from "../../platform/db/client";
import type { Email } from "../../platform/mail/render-email";

/** Writes to those who pay: the organization's owners, and its members with the role billing. */
export async function emailBillingContacts(
  db: Db,
  orgId: string,
  email: Email,
  { kind }: { kind?: EmailKind | undefined } = {},
): Promise<void> {
  const members = await db.membership.findMany({
    where: { orgId, role: { in: ["owner", "billing"] }, user: { deletedAt: null } },
    select: { userId: true },
  });
  const sent = await Promise.allSettled(members.map(({ userId }) => emailUser(db, userId, email, { kind })));
  const failed = sent.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** Part of the commit after which the email goes out. True the first time: two events may be about one thing. */
export async function isFirstEmail(
  tx: Tx,
  { key, orgId, now }: { key: string; orgId: string; now: Date },
): Promise<boolean> {
  const { count } = await tx.billingLetter.createMany({
    data: { key, orgId, createdAt: now },
    skipDuplicates: true,
  });
  return count === 1;
}
