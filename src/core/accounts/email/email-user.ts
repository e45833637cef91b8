import { isInHipaaMode } from "../../orgs";
import type { Db } from "../../platform";
import type { Email } from "../../platform/mail";
import { sendEmail } from "../../platform/mail/send-email";
import { decryptText } from "../../privacy";
import { emailField, userSubject } from "../users/user-fields";
import type { EmailKind } from "./email-preferences";
import { withoutDetails } from "./without-details";

/**
 * Sends an email about their account to the user's stored address, unless they muted its kind; without a kind it is always sent.
 * Throws when the mail server does not accept it in time.
 */
export async function emailUser(
  db: Db,
  userId: string,
  email: Email,
  { kind }: { kind?: EmailKind | undefined } = {},
): Promise<void> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { emailCipher: true, mutedEmails: true },
  });
  if (user === null || (kind !== undefined && user.mutedEmails.includes(kind))) return;
  const to = await decryptText(db, userSubject(userId), emailField(userId), user.emailCipher);
  await sendEmail({ to, ...email });
}

/** An email about an organization as it may leave: without any detail where that is in HIPAA mode. */
export async function emailOf(db: Db, orgId: string, email: Email): Promise<Email> {
  return (await isInHipaaMode(db, orgId)) ? withoutDetails(email) : email;
}

/** As `emailUser`, about an organization: every email that says anything of one goes this way. */
export async function emailMember(
  db: Db,
  { orgId, userId }: { orgId: string; userId: string },
  email: Email,
  options: { kind?: EmailKind | undefined } = {},
): Promise<void> {
  await emailUser(db, userId, await emailOf(db, orgId, email), options);
}

/** Emails every owner of an organization, whatever they muted: only about its security or its deletion. */
export async function emailOwners(
  db: Db,
  { orgId, exceptUserId }: { orgId: string; exceptUserId?: string },
  email: Email,
): Promise<void> {
  const owners = await db.membership.findMany({
    where: { orgId, role: "owner", user: { deletedAt: null } },
    select: { userId: true },
  });
  const others = owners.filter(({ userId }) => userId !== exceptUserId);
  const sent = await Promise.allSettled(
    others.map(({ userId }) => emailMember(db, { orgId, userId }, email)),
  );
  const failed = sent.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
