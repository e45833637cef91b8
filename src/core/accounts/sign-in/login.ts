import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import type { CallerContext, LoginInput, SignedInView } from "../schemas";
import { createApiSession, createSession, type SessionRef, toSignedInView } from "../sessions/create-session";
import { loadMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import { assertStillProven, authenticate, invalidLogin } from "./authenticate";
import { ipDetail } from "./ip-fingerprint";

/**
 * Signs a user in at the API.
 * @throws AppError `invalid_login`, the same for unknown email addresses and wrong passwords; `too_many_attempts`.
 */
export async function login(
  db: Db,
  input: LoginInput & CallerContext,
  clock: Clock = systemClock,
): Promise<SignedInView> {
  const proven = await authenticate(db, input, clock);
  const me = await loadMe(db, { userId: proven.userId });
  if (me === undefined) throw invalidLogin();
  const { session, refreshToken } = await transactWithKeys(db, [userSubject(proven.userId)], async (tx) => {
    await assertStillProven(tx, proven);
    const created = await createApiSession(
      tx,
      { ...proven, orgId: me.orgId, ip: input.ip, userAgent: input.userAgent },
      clock,
    );
    await recordLogin(tx, created.session, "api", input);
    return created;
  });
  return await toSignedInView(me.view, session, refreshToken, clock);
}

/**
 * Signs a user in at the portal: a session without tokens, for the portal's own cookie.
 * @throws AppError as `login`.
 */
export async function loginToPortal(
  db: Db,
  input: LoginInput & CallerContext,
  clock: Clock = systemClock,
): Promise<SessionRef> {
  const proven = await authenticate(db, input, clock);
  const me = await loadMe(db, { userId: proven.userId });
  if (me === undefined) throw invalidLogin();
  return await transactWithKeys(db, [userSubject(proven.userId)], async (tx) => {
    await assertStillProven(tx, proven);
    const session = await createSession(
      tx,
      { ...proven, orgId: me.orgId, kind: "portal", ip: input.ip, userAgent: input.userAgent },
      clock,
    );
    await recordLogin(tx, session, "portal", input);
    return session;
  });
}

async function recordLogin(
  tx: KeyedTx,
  { userId, orgId, sessionId }: SessionRef,
  face: "api" | "portal",
  { ip }: CallerContext,
): Promise<void> {
  await recordAuditIn(tx, {
    orgId,
    actor: { type: "user", id: userId },
    action: "auth.logged_in",
    target: { type: "session", id: sessionId },
    details: { method: "password", face, ...(await ipDetail(tx, userSubject(userId), ip)) },
  });
}
