import { randomUUID } from "node:crypto";
import {
  loadUserPrincipal,
  loginToPortal,
  registerUser,
  type SessionClaims,
  verifyAccessToken,
} from "@agathaai/core/accounts";
import type { OrgRole, UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";

export interface UserOptions {
  email?: string;
  password?: string;
  name?: string;
  /** Whether the address is confirmed; it is not, unless said. */
  verified?: boolean;
  /** In the organization of their own: owner, unless said. */
  role?: OrgRole;
  ip?: string | null;
  userAgent?: string;
}

export interface TestUser {
  email: string;
  password: string;
  userId: string;
  orgId: string;
  /** What registering returned. */
  view: Awaited<ReturnType<typeof registerUser>>;
  /** Of the access token that registering returned. */
  claims: { kind: "jwt" } & Awaited<ReturnType<typeof verifyAccessToken>>;
}

/** Somebody who has just registered, with an organization of their own on Free. */
export async function makeUser(options: UserOptions = {}): Promise<TestUser> {
  const { verified = false, role = "owner", ip = null, name = "Ada", userAgent } = options;
  const email = options.email ?? `ada.${randomUUID()}@example.com`;
  const password = options.password ?? "correct horse battery staple";
  const view = await registerUser(db(), {
    email,
    password,
    name,
    ip,
    ...(userAgent !== undefined && { userAgent }),
  });
  const token = await verifyAccessToken(view.access_token);
  const { userId, orgId } = token;
  if (verified) await db().user.update({ where: { id: userId }, data: { emailVerifiedAt: new Date() } });
  if (role !== "owner") {
    await db().membership.update({ where: { orgId_userId: { orgId, userId } }, data: { role } });
  }
  return { email, password, userId, orgId, view, claims: { kind: "jwt", ...token } };
}

/** Signs the user in at the portal, where the organization can be switched. */
export async function signInToPortal({
  email,
  password,
}: Pick<TestUser, "email" | "password">): Promise<SessionClaims> {
  const { userId, sessionId, sessionVersion } = await loginToPortal(db(), { email, password, ip: null });
  return { kind: "session", userId, sessionId, sessionVersion };
}

/** Who is calling, as the next call would see them: role, plan and organization of this moment. */
export async function principalOf(claims: SessionClaims): Promise<UserPrincipal> {
  const principal = await loadUserPrincipal(db(), claims);
  if (principal === null) throw new Error("this user has no session");
  return principal;
}
