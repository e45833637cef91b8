import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { transactWithKeys } from "../../privacy";
import type { CallerContext } from "../schemas";
import { createSession, type SessionRef } from "../sessions/create-session";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { lockAccount } from "../sign-in/lock-account";
import { notifyNewSignIn } from "../sign-in-history/notify-new-sign-in";
import { loadMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import type { PasskeyOptionsView } from "./schemas";
import { askForPasskey, type PresentedPasskey, passkeyInvalid, verifyPasskey } from "./verify-passkey";

/** Asks a browser that is not signed in. `holder` is the secret of the cookie that it gets with the question. */
export async function startPasskeySignIn(
  db: Db,
  asked: { purpose: "sign_in" | "second_factor"; holder: string },
  clock: Clock = systemClock,
): Promise<PasskeyOptionsView> {
  return await askForPasskey(db, asked, clock);
}

/**
 * Signs a person in at the portal with a passkey alone. It is both factors: they have the device, and it has verified that
 * it is them.
 * @throws AppError `passkey_invalid`.
 */
export async function signInWithPasskey(
  db: Db,
  { assertion, holder, ip, userAgent, browser }: PresentedPasskey & CallerContext,
  clock: Clock = systemClock,
): Promise<SessionRef> {
  const presented = { assertion, holder, purpose: "sign_in" as const, ip, userAgent };
  const { userId, passkeyId } = await verifyPasskey(db, presented, clock);
  const me = await loadMe(db, { userId });
  if (me === undefined) throw passkeyInvalid();
  const { orgId } = me;
  const created = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const account = await lockAccount(tx, userId);
    const kept = await tx.passkey.count({ where: { id: passkeyId, userId } });
    if (account === undefined || kept === 0) throw passkeyInvalid();
    const { sessionVersion } = account;
    const session = await createSession(
      tx,
      {
        kind: "portal",
        userId,
        orgId,
        sessionVersion,
        method: "passkey",
        factor: "passkey",
        ip,
        userAgent,
        browser,
      },
      clock,
    );
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.logged_in",
      target: { type: "session", id: session.sessionId },
      details: {
        method: "passkey",
        factor: "passkey",
        face: "portal",
        new_device: session.newDevice || undefined,
        ...(await ipDetail(tx, userSubject(userId), ip)),
      },
    });
    return session;
  });
  notifyNewSignIn(db, created, { ip, userAgent }, clock);
  return created;
}
