import type { Db } from "../../platform";
import { type Clock, systemClock } from "../../platform";
import { type Bytes, constantTimeEqual, randomToken, sha256 } from "../../platform/crypto/hash";

/** The prefix lets secret scanners recognize a leaked one. */
const PREFIX = "agt_app_";
const FORM = /^agt_app_[\w-]{43}$/;

export interface NewSecret {
  secret: string;
  hash: Bytes;
}

/** Whether the text has the form of an app's secret. */
export function isSecretForm(text: string): boolean {
  return FORM.test(text);
}

/** 256 random bits, stored as SHA-256. */
export function newAppSecret(): NewSecret {
  const secret = `${PREFIX}${randomToken()}`;
  return { secret, hash: sha256(secret) };
}

/** Whether this is the app's secret, or its previous one while a rotation's overlap lasts. */
export async function isAppSecret(
  db: Db,
  { appId, secret }: { appId: string; secret: string },
  clock: Clock = systemClock,
): Promise<boolean> {
  const app = await db.oauthApp.findUnique({
    where: { id: appId },
    select: { secretHash: true, previousSecretHash: true, previousSecretUntil: true },
  });
  if (app?.secretHash == null) return false;
  const given = sha256(secret);
  if (constantTimeEqual(given, app.secretHash)) return true;
  const { previousSecretHash: previous, previousSecretUntil: until } = app;
  return previous !== null && until !== null && until > clock.now() && constantTimeEqual(given, previous);
}
