import { hashRaw } from "@node-rs/argon2";
import type { Db } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import { keyedHash } from "../../platform/crypto/keyed-hash";
import { emailIndexes, normalizeEmail } from "../email/email-address";
import { normalizePassword, passwordParameters } from "../passwords/password";

/**
 * What the address and the password of a provisional account come to, and by which it is found, since its address has
 * another account. It costs as much as a password's hash, and needs our key besides. Call it inside the password gate, for
 * every address alike: the time must not tell which have an account.
 */
export async function provisionalTag(email: string, password: string): Promise<Bytes> {
  const salt = keyedHash(`provisional:${normalizeEmail(email)}`).subarray(0, 16);
  const raw = await hashRaw(normalizePassword(password), { ...passwordParameters, salt });
  return keyedHash(`provisional-tag:${raw.toString("base64")}`);
}

/** Of several with the same password the oldest, as with one whose address was free. */
export async function findProvisional(db: Db, { email, tag }: { email: string; tag: Bytes }) {
  return await db.user.findFirst({
    where: { provisionalIndex: { in: emailIndexes(email) }, provisionalTag: tag, deletedAt: null },
    orderBy: { id: "asc" },
    select: { id: true, passwordHash: true, sessionVersion: true },
  });
}
