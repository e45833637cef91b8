import type { Db } from "../../platform";
import type { Email } from "../../platform/mail";
import { sendEmail } from "../../platform/mail/send-email";
import { decryptText } from "../../privacy";
import { emailField, userSubject } from "../users/user-fields";
import type { EmailKind } from "./email-preferences";

/**
 * Sends an email to the user's stored address, unless they muted its kind; without a kind it is always sent.
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
  const sent = await Promise.allSettled(others.map(({ userId }) => emailUser(db, userId, email)));
  const failed = sent.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
