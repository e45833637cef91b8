import type { Db } from "../../platform";
import type { Email } from "../../platform/mail";
import { log } from "../../platform/observability/log";
import type { EmailKind } from "./email-preferences";
import { emailMember } from "./email-user";

interface AboutOptions {
  /** What the email is about, for our log: "a domain". */
  about: string;
  kind?: EmailKind;
}

/**
 * Emails members of an organization, each by themselves. False when a mail server accepted none of them: whoever claimed
 * the news before sending it releases it then, to try again.
 */
export async function emailMembers(
  db: Db,
  { orgId, userIds }: { orgId: string; userIds: readonly string[] },
  email: Email,
  { about, kind }: AboutOptions,
): Promise<boolean> {
  const sent = await Promise.allSettled(
    userIds.map((userId) => emailMember(db, { orgId, userId }, email, { kind })),
  );
  const failed = sent.filter(({ status }) => status === "rejected").length;
  // Without the errors, which may contain the address.
  if (failed > 0) log().warn({ failed, org_id: orgId }, `emails about ${about} could not be sent`);
  return failed < sent.length || sent.length === 0;
}

/** The same for every owner and admin. */
export async function emailAdmins(
  db: Db,
  orgId: string,
  email: Email,
  options: AboutOptions,
): Promise<boolean> {
  const admins = await db.membership.findMany({
    where: { orgId, role: { in: ["owner", "admin"] }, user: { deletedAt: null } },
    select: { userId: true },
  });
  return await emailMembers(db, { orgId, userIds: admins.map(({ userId }) => userId) }, email, options);
}
