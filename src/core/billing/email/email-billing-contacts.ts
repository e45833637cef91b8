import { type EmailKind, emailMember } from "../../accounts";
import type { Db, Tx } from "../../platform";
import type { Email } from "../../platform/mail";

/** Emails the people who pay: the organization's owners and its members with the billing role. */
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
  const sent = await Promise.allSettled(
    members.map(({ userId }) => emailMember(db, { orgId, userId }, email, { kind })),
  );
  const failed = sent.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/**
 * True the first time an email is claimed, because two events may be about the same thing. Runs inside the commit after
 * which the email is sent.
 */
export async function isFirstEmail(
  tx: Tx,
  { key, orgId, now }: { key: string; orgId: string; now: Date },
): Promise<boolean> {
  const { count } = await tx.billingEmail.createMany({
    data: { key, orgId, createdAt: now },
    skipDuplicates: true,
  });
  return count === 1;
}
