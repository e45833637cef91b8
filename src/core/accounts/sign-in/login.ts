import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import type { PresentedPasskey } from "../passkeys/verify-passkey";
import type { CallerContext, LoginInput, SignedInView } from "../schemas";
import { type FactorMethod, proveSecondFactor } from "../second-factor/prove-second-factor";
import { createApiSession, createSession, type SessionRef, toSignedInView } from "../sessions/create-session";
import { loadMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import { assertStillProven, authenticate, invalidLogin } from "./authenticate";
import { ipDetail } from "./ip-fingerprint";

/**
 * Signs a user in at the API.
 * @throws AppError `invalid_login`, the same for unknown email addresses and wrong passwords; `second_factor_required`,
 * `second_factor_invalid`; `suspended`; `too_many_attempts`.
 */
export async function login(
  db: Db,
  input: LoginInput & CallerContext,
  clock: Clock = systemClock,
): Promise<SignedInView> {
  const proven = await authenticate(db, input, clock);
  const me = await loadMe(db, { userId: proven.userId });
  if (me === undefined) throw invalidLogin();
  const factor = (await proveSecondFactor(db, { ...input, userId: proven.userId }, clock))?.method;
  const { session, refreshToken } = await transactWithKeys(db, [userSubject(proven.userId)], async (tx) => {
    await assertStillProven(tx, proven);
    const created = await createApiSession(
      tx,
      { ...proven, factor, orgId: me.orgId, ip: input.ip, userAgent: input.userAgent },
      clock,
    );
    await recordLogin(tx, created.session, { face: "api", factor, ip: input.ip });
    return created;
  });
  return await toSignedInView(me.view, session, refreshToken, clock);
}

/**
 * Signs a user in at the portal: a session without tokens, for the portal's own cookie. There a passkey can be the second
 * factor.
 * @throws AppError as `login`; `passkey_invalid`.
 */
export async function loginToPortal(
  db: Db,
  input: LoginInput & CallerContext & { passkey?: PresentedPasskey | undefined },
  clock: Clock = systemClock,
): Promise<SessionRef> {
  const proven = await authenticate(db, input, clock);
  const me = await loadMe(db, { userId: proven.userId });
  if (me === undefined) throw invalidLogin();
  const factor = (await proveSecondFactor(db, { ...input, userId: proven.userId }, clock))?.method;
  return await transactWithKeys(db, [userSubject(proven.userId)], async (tx) => {
    await assertStillProven(tx, proven);
    const session = await createSession(
      tx,
      { ...proven, factor, orgId: me.orgId, kind: "portal", ip: input.ip, userAgent: input.userAgent },
      clock,
    );
    await recordLogin(tx, session, { face: "portal", factor, ip: input.ip });
    return session;
  });
}

async function recordLogin(
  tx: KeyedTx,
  { userId, orgId, sessionId }: SessionRef,
  { face, factor, ip }: { face: "api" | "portal"; factor: FactorMethod | undefined; ip: string | null },
): Promise<void> {
  await recordAuditIn(tx, {
    orgId,
    actor: { type: "user", id: userId },
    action: "auth.logged_in",
    target: { type: "session", id: sessionId },
    details: { method: "password", face, factor, ...(await ipDetail(tx, userSubject(userId), ip)) },
  });
}
