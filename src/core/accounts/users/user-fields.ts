import type { Db } from "../../platform";
import { decryptText, decryptTexts, type FieldRef, type Subject } from "../../privacy";

export const userSubject = (userId: string): Subject => ({ type: "user", id: userId });

const field = (column: string, userId: string): FieldRef => ({ table: "users", column, rowId: userId });
export const emailField = (userId: string): FieldRef => field("email_cipher", userId);
export const nameField = (userId: string): FieldRef => field("name_cipher", userId);

export const sessionIpField = (sessionId: string): FieldRef => ({
  table: "sessions",
  column: "ip_cipher",
  rowId: sessionId,
});

export const signInIpField = (signInId: string): FieldRef => ({
  table: "sign_ins",
  column: "ip_cipher",
  rowId: signInId,
});

export const passkeyNameField = (passkeyId: string): FieldRef => ({
  table: "passkeys",
  column: "name_cipher",
  rowId: passkeyId,
});

/** The user's email address in the clear; undefined when the account is gone. */
export async function getUserEmail(db: Db, userId: string): Promise<string | undefined> {
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { emailCipher: true },
  });
  return user === null
    ? undefined
    : decryptText(db, userSubject(userId), emailField(userId), user.emailCipher);
}

export interface Person {
  userId: string;
  email: string;
  name: string;
}

/** Names and email addresses of users by id, without those deleted; two queries at most. The caller checks who may see them. */
export async function decryptPeople(db: Db, userIds: readonly string[]): Promise<Map<string, Person>> {
  const users = await db.user.findMany({
    where: { id: { in: [...new Set(userIds)] }, deletedAt: null },
    select: { id: true, emailCipher: true, nameCipher: true },
  });
  const texts = await decryptTexts(
    db,
    users.flatMap(({ id, emailCipher, nameCipher }) => [
      { subject: userSubject(id), field: emailField(id), blob: emailCipher },
      { subject: userSubject(id), field: nameField(id), blob: nameCipher },
    ]),
  );
  return new Map(
    users.map(({ id: userId }, index) => [
      userId,
      { userId, email: texts[2 * index] ?? "", name: texts[2 * index + 1] ?? "" },
    ]),
  );
}
