import { type Clock, newId, SECOND } from "../../platform";
import { encryptText, type KeyedTx } from "../../privacy";
import { assertNotSuspended } from "../../suspensions";
import type { CallerContext, MeView, SignedInView } from "../schemas";
import { hasSecondFactor } from "../second-factor/has-second-factor";
import { type FactorMethod, secondFactorRequired } from "../second-factor/prove-second-factor";
import { recordSignInDevice } from "../sign-in/known-devices";
import { recordSignIn, storableUserAgent } from "../sign-in-history/record-sign-in";
import type { SignInMethod } from "../sign-in-history/schemas";
import { ACCESS_TOKEN_MS, accessTokens } from "../tokens/access-token";
import { issueRefreshToken } from "../tokens/refresh-token";
import { sessionIpField, userSubject } from "../users/user-fields";
import { expiryAfterUse } from "./session-life";

interface SessionToCreate extends CallerContext {
  kind: "portal" | "api";
  userId: string;
  sessionVersion: number;
  orgId: string;
  /** How the person signed in, for their history. */
  method: SignInMethod;
  /** How the second factor was proven, for an account that has one. */
  factor?: FactorMethod | undefined;
  /** The connection of the company that signed the person in. */
  connectionId?: string | undefined;
  /** When the person proved who they are, where that was not just now. */
  provenAt?: Date | undefined;
}

export interface SessionRef {
  userId: string;
  sessionId: string;
  sessionVersion: number;
  orgId: string;
}

export interface NewSession extends SessionRef {
  expiresAt: Date;
  /** Whether the person is to be told by `notifyNewSignIn`, after the commit. */
  newDevice: boolean;
}

/**
 * The one place where a session is made, so no way of signing in goes round a second factor or the history. The transaction must hold the
 * user's data key, and have locked the user's row unless it creates the user.
 * @throws AppError `second_factor_required` for an account with a second factor that was not proven; `suspended`.
 */
export async function createSession(
  tx: KeyedTx,
  session: SessionToCreate,
  clock: Clock,
): Promise<NewSession> {
  const { kind, userId, sessionVersion, orgId, ip, userAgent, factor } = session;
  // The portal signs them in all the same, to tell them why; its session can do nothing else.
  if (kind === "api") await assertNotSuspended(tx, session);
  if (factor === undefined && (await hasSecondFactor(tx, userId))) throw secondFactorRequired();
  const now = clock.now();
  const sessionId = newId(now);
  const ipField = sessionIpField(sessionId);
  const { role } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { role: true } });
  const expiresAt = expiryAfterUse({ createdAt: now, operator: role === "operator" }, now);
  await tx.session.create({
    data: {
      id: sessionId,
      userId,
      orgId,
      kind,
      sessionVersion,
      userAgent: userAgent ? storableUserAgent(userAgent) : null,
      ipCipher: ip === null ? null : await encryptText(tx, userSubject(userId), ipField, ip),
      createdAt: now,
      lastSeenAt: now,
      // Whoever has just signed in need not prove it again. A company may have let them in without asking.
      steppedUpAt: factor === undefined ? (session.provenAt ?? now) : now,
      connectionId: session.connectionId ?? null,
      expiresAt,
    },
  });
  const newDevice = await recordSignIn(tx, { ...session, sessionId }, clock);
  await recordSignInDevice(tx, session, clock);
  return { userId, sessionId, sessionVersion, orgId, expiresAt, newDevice };
}

/** A session for programs: it comes with a refresh token, which is given out once. */
export async function createApiSession(
  tx: KeyedTx,
  session: Omit<SessionToCreate, "kind">,
  clock: Clock,
): Promise<{ session: NewSession; refreshToken: string }> {
  const created = await createSession(tx, { ...session, kind: "api" }, clock);
  return { session: created, refreshToken: await issueRefreshToken(tx, created, clock.now()) };
}

/** The response to register, login and refresh. */
export async function toSignedInView(
  me: MeView,
  session: SessionRef,
  refreshToken: string,
  clock: Clock,
): Promise<SignedInView> {
  return {
    ...me,
    access_token: await (await accessTokens()).sign(session, clock),
    refresh_token: refreshToken,
    token_type: "Bearer",
    expires_in: ACCESS_TOKEN_MS / SECOND,
  };
}
