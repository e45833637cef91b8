import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import type { PresentedPasskey } from "../passkeys/verify-passkey";
import type { CallerContext, LoginInput, SignedInView } from "../schemas";
import type { FactorMethod } from "../second-factor/prove-second-factor";
import {
  createApiSession,
  createSession,
  type NewSession,
  type SessionRef,
  toSignedInView,
} from "../sessions/create-session";
import { notifyNewSignIn } from "../sign-in-history/notify-new-sign-in";
import { loadMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import { assertStillProven, authenticate, invalidLogin } from "./authenticate";
import { ipDetail } from "./ip-fingerprint";
import { proveFactorToSignIn } from "./prove-factor-to-sign-in";

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
  const proven = await authenticate(db, presentedBy(input, "api"), clock);
  const me = await loadMe(db, { userId: proven.userId });
  if (me === undefined) throw invalidLogin();
  const attempt = { ...input, userId: proven.userId, kind: "api", method: "password" } as const;
  const factor = await proveFactorToSignIn(db, attempt, clock);
  const { session, refreshToken } = await transactWithKeys(db, [userSubject(proven.userId)], async (tx) => {
    await assertStillProven(tx, proven);
    const created = await createApiSession(
      tx,
      { ...proven, method: "password", factor, orgId: me.orgId, ip: input.ip, userAgent: input.userAgent },
      clock,
    );
    await recordLogin(tx, created.session, { face: "api", factor, ip: input.ip });
    return created;
  });
  notifyNewSignIn(db, session, input, clock);
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
  const proven = await authenticate(db, presentedBy(input, "portal"), clock);
  const me = await loadMe(db, { userId: proven.userId });
  if (me === undefined) throw invalidLogin();
  const { ip, userAgent, browser } = input;
  const attempt = { kind: "portal", method: "password", ip, userAgent, browser } as const;
  const { totp, passkey } = input;
  const presented = { ...attempt, userId: proven.userId, totp, passkey };
  const factor = await proveFactorToSignIn(db, presented, clock);
  const session = await transactWithKeys(db, [userSubject(proven.userId)], async (tx) => {
    await assertStillProven(tx, proven);
    const created = await createSession(tx, { ...proven, ...attempt, factor, orgId: me.orgId }, clock);
    await recordLogin(tx, created, { face: "portal", factor, ip });
    return created;
  });
  notifyNewSignIn(db, session, input, clock);
  return session;
}

/** Field by field: nothing else of what was sent decides whose password it is. */
function presentedBy({ email, password, ip, userAgent }: LoginInput & CallerContext, kind: "api" | "portal") {
  return { email, password, ip, userAgent, kind };
}

async function recordLogin(
  tx: KeyedTx,
  { userId, orgId, sessionId, newDevice }: NewSession,
  { face, factor, ip }: { face: "api" | "portal"; factor: FactorMethod | undefined; ip: string | null },
): Promise<void> {
  await recordAuditIn(tx, {
    orgId,
    actor: { type: "user", id: userId },
    action: "auth.logged_in",
    target: { type: "session", id: sessionId },
    details: {
      method: "password",
      face,
      factor,
      new_device: newDevice || undefined,
      ...(await ipDetail(tx, userSubject(userId), ip)),
    },
  });
}
