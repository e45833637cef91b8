import { setTimeout as sleep } from "node:timers/promises";
import { loadUserPrincipal, loginToPortal } from "@agathaai/core/accounts";
import { keyScopes } from "@agathaai/core/keys";
import { fromPublicId, type OrgRole, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { encode } from "next-auth/jwt";
import type { TestStack } from "../../../infra/testing/use-test-stack";
import type { Api } from "../../support/client";
import { query } from "../../support/database";
import { join, userIdOf } from "../../support/members";
import { customer, makeKey, type Person } from "../../support/people";
import { connectApp, signAppToken } from "../../support/tokens/app-token";
import { openServiceAccount } from "../../support/tokens/service-token";

export interface Caller {
  label: string;
  kind: "session" | "jwt" | "live key" | "test key" | "service account" | "app";
  /** What a key or service account may is everything a key can; an app was given all that apps can have, by an owner. */
  role: OrgRole | "key" | "app";
  /** The portal's cookie, the access token or the key's secret. */
  credential: string;
}

const roles = ["owner", "admin", "developer", "billing", "viewer"] as const;

/** A tenant with a caller of each kind and role. */
export async function openCallers(api: Api, stack: TestStack): Promise<Caller[]> {
  const owner = await customer(api, stack);
  const callers: Caller[] = [];
  for (const role of roles) {
    const person = role === "owner" ? owner : await join(api, stack, owner, role);
    callers.push({ label: `${role} by token`, kind: "jwt", role, credential: person.accessToken });
    callers.push(await portalCaller(person, role, owner.orgId));
  }
  for (const environment of ["live", "test"] as const) {
    const credential = await makeKey(api, owner, { environment, scopes: keyScopes });
    callers.push({ label: `${environment} key`, kind: `${environment} key`, role: "key", credential });
  }
  const principal = await principalOf(owner);
  callers.push({
    label: "service account",
    kind: "service account",
    role: "key",
    credential: (await openServiceAccount(principal, { scopes: [...keyScopes] })).token,
  });
  const credential = await signAppToken(principal, await connectApp(principal, "An app of theirs"));
  callers.push({ label: "app of the owner", kind: "app", role: "app", credential });
  return callers;
}

/** One of ours, by token and in the portal. */
export async function openOperator(api: Api, stack: TestStack): Promise<[token: Caller, portal: Caller]> {
  const person = await customer(api, stack);
  const userId = await userIdOf(person);
  await query("UPDATE users SET role = 'operator' WHERE id = $1", [userId]);
  const portal = await portalCaller(person, "owner", person.orgId);
  // Afterwards: nobody could sign in with it.
  await query(
    `INSERT INTO passkeys (id, user_id, credential_id, public_key, name_cipher, transports, sign_count, synced, created_at)
     SELECT gen_random_uuid(), id, sha256(id::text::bytea), '', '', '{}', 0, false, now() FROM users WHERE id = $1`,
    [userId],
  );
  // The server may know an earlier state of this person for up to five seconds.
  await sleep(5_100);
  return [{ label: "operator by token", kind: "jwt", role: "owner", credential: person.accessToken }, portal];
}

/** Who the person is to the domain, by a session of its own. */
export async function principalOf({ email, password }: Person): Promise<UserPrincipal> {
  const session = await loginToPortal(db(), { email, password, ip: null });
  const principal = await loadUserPrincipal(db(), { kind: "session", ...session });
  if (principal === null) throw new Error("the person has no session");
  return principal;
}

export async function portalCaller(person: Person, role: OrgRole, orgId: string): Promise<Caller> {
  const opened = await loginToPortal(db(), { email: person.email, password: person.password, ip: null });
  await query("UPDATE sessions SET org_id = $1 WHERE id = $2", [
    fromPublicId("org", orgId),
    opened.sessionId,
  ]);
  const credential = await encode({
    token: { sub: opened.userId, sid: opened.sessionId, sv: opened.sessionVersion },
    secret: process.env.NEXTAUTH_SECRET ?? "",
  });
  return { label: `${role} at the portal`, kind: "session", role, credential };
}
