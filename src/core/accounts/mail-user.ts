import type { Db } from "../platform/db";
import { sendMail } from "../platform/mail";
import { openTexts } from "../privacy";
import type { Letter } from "./mails";
import { emailPlace, namePlace, userSubject } from "./user-texts";

/** Writes to the person's stored address. Throws when the mail server does not take it in time. */
export async function mailUser(db: Db, userId: string, write: (name: string) => Letter): Promise<void> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { emailCipher: true, nameCipher: true },
  });
  if (user === null) return;
  const subject = userSubject(userId);
  const [to = "", name = ""] = await openTexts(db, [
    { subject, place: emailPlace(userId), blob: user.emailCipher },
    { subject, place: namePlace(userId), blob: user.nameCipher },
  ]);
  await sendMail({ to, ...write(name) });
}
