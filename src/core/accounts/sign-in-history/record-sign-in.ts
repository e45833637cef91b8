import { consumeLimit } from "../../limits";
import { type Clock, DAY, type Db, HOUR, newId } from "../../platform";
import { encryptText, type KeyedTx, transactWithKeys } from "../../privacy";
import type { CallerContext } from "../schemas";
import { isUnseenDevice } from "../sign-in/known-devices";
import { signInIpField, userSubject } from "../users/user-fields";
import type { SignInFactor, SignInMethod, SignInResult } from "./schemas";

/** How long a sign-in is listed; `expiredAccountRows` deletes it then. */
const KEPT_MS = 90 * DAY;
/** Beyond this, failures at one account are counted by the audit log alone: nobody can fill our disk by guessing. */
const failureLimit = { limit: 100, windowMs: HOUR };

export interface SignInAttempt extends CallerContext {
  kind: "portal" | "api";
  userId: string;
  method: SignInMethod;
  factor?: SignInFactor | undefined;
}

/**
 * Records a sign-in beside the session it made, and returns whether the person is to be told of a new device: never at the
 * first sign-in of an account, nor before its mailbox is proven, nor where the session came with that proof. Call it before the device is recorded.
 */
export async function recordSignIn(
  tx: KeyedTx,
  attempt: SignInAttempt & { sessionId: string },
  clock: Clock,
): Promise<boolean> {
  const newDevice = isSignIn(attempt) && (await isNews(tx, attempt, clock));
  await insert(tx, { ...attempt, result: "signed_in", newDevice }, clock);
  return newDevice;
}

/** Records that somebody failed to sign in to an account. Call it after the response, which must not take longer for it. */
export async function recordFailedSignIn(
  db: Db,
  attempt: SignInAttempt & { result: Exclude<SignInResult, "signed_in"> },
  clock: Clock,
): Promise<void> {
  const { allowed } = await consumeLimit(db, { key: `sign-in:failures:${attempt.userId}`, ...failureLimit });
  if (!allowed) return;
  await transactWithKeys(db, [userSubject(attempt.userId)], (tx) =>
    insert(tx, { ...attempt, sessionId: null, newDevice: false }, clock),
  );
}

const isSignIn = ({ method }: SignInAttempt) => method !== "registration" && method !== "email_link";

async function isNews(tx: KeyedTx, attempt: SignInAttempt, clock: Clock): Promise<boolean> {
  if (!(await isUnseenDevice(tx, attempt, clock))) return false;
  const { userId } = attempt;
  const { createdAt, emailVerifiedAt } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { createdAt: true, emailVerifiedAt: true },
  });
  // Until the mailbox is proven, its owner may be somebody who has never heard of us.
  if (emailVerifiedAt === null) return false;
  // An older account has been signed in to, though the history may have forgotten it.
  if (createdAt.getTime() < clock.now().getTime() - KEPT_MS) return true;
  const earlier = await tx.signIn.findFirst({
    where: { userId, result: "signed_in", method: { not: "registration" } },
    select: { id: true },
  });
  return earlier !== null;
}

interface Row extends SignInAttempt {
  result: SignInResult;
  sessionId: string | null;
  newDevice: boolean;
}

async function insert(tx: KeyedTx, row: Row, clock: Clock): Promise<void> {
  const { userId, sessionId, kind, method, factor, result, newDevice, ip, userAgent } = row;
  const now = clock.now();
  const id = newId(now);
  await tx.signIn.create({
    data: {
      id,
      userId,
      sessionId,
      kind,
      method,
      factor: factor ?? null,
      result,
      newDevice,
      userAgent: userAgent ? storableUserAgent(userAgent) : null,
      ipCipher: ip === null ? null : await encryptText(tx, userSubject(userId), signInIpField(id), ip),
      createdAt: now,
    },
  });
}

export function storableUserAgent(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .toWellFormed()
    .slice(0, 256);
}
