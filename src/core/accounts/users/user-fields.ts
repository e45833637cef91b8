import type { Db } from "../../platform";
import { isRotating } from "../../platform/crypto/blind-index/index-keys";
import type { Bytes } from "../../platform/crypto/hash";
import { decryptText, decryptTexts, type FieldRef, type KeySource, type Subject } from "../../privacy";
import { emailIndexes } from "../email/email-address";

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

/**
 * By which other rows about the account's address are found: invitations, directories, subscriptions. While the key of indexes
 * is rotated, theirs may be under another key than the account's own. Of a provisional account nothing is found, as ever.
 */
export async function emailIndexesOf(source: KeySource, userId: string): Promise<Bytes[]> {
  const user = await source.user.findUnique({
    where: { id: userId },
    select: { emailCipher: true, emailIndex: true, provisionalIndex: true },
  });
  if (user === null) return [];
  if (!isRotating() || user.provisionalIndex !== null) return [user.emailIndex];
  return emailIndexes(await decryptText(source, userSubject(userId), emailField(userId), user.emailCipher));
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
