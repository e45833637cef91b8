import { Secret, TOTP } from "otpauth";
import type { Clock, Db } from "../../platform";
import { decryptText, encryptText, type FieldRef, type KeyedTx } from "../../privacy";
import { userSubject } from "../users/user-fields";

const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** 160 bits, the length that RFC 4226 §4 advises. */
const SECRET_BYTES = 20;
/** One time step before and one after now, for clocks that differ (RFC 6238 §5.2). */
const WINDOW = 1;

const secretField = (userId: string): FieldRef => ({
  table: "authenticators",
  column: "secret_cipher",
  rowId: userId,
});

export interface NewSecret {
  /** Base32, as a person types it into an app. */
  secret: string;
  /** What the QR code holds: `otpauth://totp/…`. */
  url: string;
}

export function newSecret(email: string): NewSecret {
  const secret = new Secret({ size: SECRET_BYTES });
  return { secret: secret.base32, url: totpOf(secret.base32, email).toString() };
}

/** Replaces a secret that was never confirmed. False when a confirmed one exists. */
export async function storeSecret(
  tx: KeyedTx,
  { userId, secret }: { userId: string; secret: string },
  clock: Clock,
): Promise<boolean> {
  const secretCipher = await encryptText(tx, userSubject(userId), secretField(userId), secret);
  const stored = await tx.$executeRaw`
    INSERT INTO authenticators AS a (user_id, secret_cipher, created_at)
    VALUES (${userId}::uuid, ${secretCipher}, ${clock.now()}::timestamptz)
    ON CONFLICT (user_id) DO UPDATE SET secret_cipher = excluded.secret_cipher, created_at = excluded.created_at
    WHERE a.confirmed_at IS NULL`;
  return stored === 1;
}

/** The time step to which a code belongs; undefined if it is not a code of the user's authenticator. */
export async function stepOfCode(
  source: Db | KeyedTx,
  { userId, secretCipher, code }: { userId: string; secretCipher: Uint8Array; code: string },
  clock: Clock,
): Promise<number | undefined> {
  const secret = await decryptText(source, userSubject(userId), secretField(userId), secretCipher);
  const totp = totpOf(secret);
  const timestamp = clock.now().getTime();
  const delta = totp.validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? undefined : totp.counter({ timestamp }) + delta;
}

/**
 * Accepts a code of the confirmed authenticator. Its time step must be newer than every one accepted before, so that a code
 * that was seen over a shoulder or on the wire is worth nothing (RFC 6238 §5.2); of concurrent uses one succeeds.
 */
export async function acceptCode(
  tx: KeyedTx,
  { userId, code }: { userId: string; code: string },
  clock: Clock,
): Promise<boolean> {
  const authenticator = await tx.authenticator.findFirst({
    where: { userId, confirmedAt: { not: null } },
    select: { secretCipher: true },
  });
  if (authenticator === null) return false;
  const step = await stepOfCode(tx, { userId, ...authenticator, code }, clock);
  if (step === undefined) return false;
  const { count } = await tx.authenticator.updateMany({
    where: { userId, confirmedAt: { not: null }, lastStep: { lt: step } },
    data: { lastStep: step },
  });
  return count === 1;
}

function totpOf(secret: string, label = ""): TOTP {
  return new TOTP({
    issuer: "AgathaAI",
    label,
    algorithm: "SHA1",
    digits: DIGITS,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  });
}
