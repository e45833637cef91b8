import { assertCompanySession, assertEmailVerified, assertSessionActive } from "../../accounts";
import { type AuditEntry, actorOf, recordAuditIn } from "../../audit";
import { decryptOrgNames, orgColumns, readMemberRights } from "../../orgs";
import {
  AppError,
  type Clock,
  DAY,
  type Db,
  newId,
  type Scope,
  systemClock,
  type Tx,
  toPublicId,
  type UserPrincipal,
} from "../../platform";
import { logoUrl } from "../apps/app-rows";
import { type ConnectionView, type GrantedScope, identityScopes } from "../schemas";
import { forgetGrantsWhere } from "../tokens/app-principal";

/** After this time the person has to agree again, however often the app has refreshed its tokens. */
export const GRANT_DAYS = 180;

const ofIdentity: ReadonlySet<string> = new Set(identityScopes);

/** Those of the scopes that a person who is allowed these can grant. The identity scopes do not depend on the role. */
export function grantableScopes(
  scopes: readonly GrantedScope[],
  allowed: ReadonlySet<Scope>,
): GrantedScope[] {
  return scopes.filter((scope) => ofIdentity.has(scope) || allowed.has(scope as Scope));
}

/**
 * Records that a person lets an app act for them in one of their organizations, with the scopes that their role there has.
 * An app takes us at our word for who somebody is: nobody signs in to one with an address that may be another's.
 * @throws AppError `missing_credentials`; `email_not_verified`; `not_found` for an organization that is not theirs;
 *   `insufficient_scope` where nothing would be left.
 */
export async function giveGrant(
  db: Db,
  { principal, appId, orgId, scopes, device }: GiveGrant,
  clock: Clock = systemClock,
): Promise<{ grantId: string; scopes: GrantedScope[] }> {
  const { userId } = principal;
  const now = clock.now();
  await assertCompanySession(db, { ...principal, orgId });
  return await db.$transaction(async (tx) => {
    await assertSessionActive(tx, principal);
    await assertEmailVerified(tx, userId, { public: "Verify your email before you connect an app." });
    // Waits for a change of the membership that is under way; once the membership has ended, no row is found.
    const [member] = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM memberships m
      JOIN organizations o ON o.id = m.org_id AND o.deleted_at IS NULL
      JOIN users u ON u.id = m.user_id AND u.deleted_at IS NULL
      WHERE m.org_id = ${orgId}::uuid AND m.user_id = ${userId}::uuid FOR SHARE OF m, u`;
    const rights = member === undefined ? null : await readMemberRights(tx, { orgId, userId });
    if (rights === null) {
      throw new AppError("not_found", { public: "Organization not found.", param: "organization_id" });
    }
    const granted = grantableScopes(scopes, rights.scopes);
    if (granted.length === 0) {
      throw new AppError("insufficient_scope", {
        public: `Your role in this organization (${rights.name}) allows nothing that the app asks for. Choose another organization.`,
        param: "organization_id",
      });
    }
    const grantId = newId(now);
    const expiresAt = new Date(now.getTime() + GRANT_DAYS * DAY);
    await tx.oauthGrant.create({
      data: { id: grantId, appId, orgId, userId, scopes: granted, createdAt: now, expiresAt },
    });
    const details = { scopes: granted.join(" "), ...(device && { device }) };
    await recordAuditIn(tx, entryOf({ principal, orgId, appId }, "auth.oauth_granted", details));
    return { grantId, scopes: granted };
  });
}

interface GiveGrant {
  principal: UserPrincipal;
  appId: string;
  orgId: string;
  scopes: readonly GrantedScope[];
  /** Agreed to with a device's code. */
  device?: boolean;
}

function entryOf(
  { principal, orgId, appId }: { principal: UserPrincipal; orgId: string; appId: string },
  action: "auth.oauth_granted" | "auth.oauth_revoked",
  details: AuditEntry["details"],
): AuditEntry {
  return { orgId, actor: actorOf(principal), action, target: { type: "app", id: appId }, details };
}

/** The person's connected apps, in all of their organizations: one row an app and organization, newest first. */
export async function listConnections(
  db: Db,
  { userId }: { userId: string },
  clock: Clock = systemClock,
): Promise<{ data: ConnectionView[] }> {
  const grants = await db.oauthGrant.findMany({
    where: {
      userId,
      expiresAt: { gt: clock.now() },
      organization: { deletedAt: null, memberships: { some: { userId } } },
    },
    orderBy: { id: "desc" },
    select: {
      orgId: true,
      scopes: true,
      createdAt: true,
      lastUsedAt: true,
      expiresAt: true,
      app: { select: { id: true, name: true, homepageUrl: true, logo: true } },
      organization: { select: orgColumns },
    },
  });
  const newest = [...byConnection(grants).values()].flatMap(([first, ...others]) =>
    first ? [{ first, others }] : [],
  );
  const names = await decryptOrgNames(
    db,
    newest.map(({ first }) => first.organization),
  );
  return {
    data: newest.map(({ first, others }, index) => {
      const all = [first, ...others];
      const lastUse = Math.max(...all.map(({ lastUsedAt }) => lastUsedAt?.getTime() ?? 0));
      return {
        app: {
          id: toPublicId("app", first.app.id),
          name: first.app.name,
          homepage_url: first.app.homepageUrl,
          logo_url: logoUrl(first.app),
        },
        organization: { id: toPublicId("org", first.orgId), name: names[index] ?? "" },
        scopes: [...new Set(all.flatMap(({ scopes }) => scopes))],
        created_at: all.at(-1)?.createdAt.toISOString() ?? first.createdAt.toISOString(),
        last_used_at: lastUse === 0 ? null : new Date(lastUse).toISOString(),
        expires_at: first.expiresAt.toISOString(),
      };
    }),
  };
}

function byConnection<Row extends { app: { id: string }; orgId: string }>(
  rows: readonly Row[],
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.app.id} ${row.orgId}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}

/**
 * Ends everything that the person gave an app in an organization: codes, refresh tokens and access tokens, everywhere within
 * five seconds. Idempotent, and the same for an app that never was.
 */
export async function revokeConnection(
  db: Db,
  { principal, appId, orgId }: { principal: UserPrincipal; appId: string; orgId: string },
): Promise<{ revoked: number }> {
  const { userId } = principal;
  const revoked = await db.$transaction(async (tx) => {
    const { count } = await tx.oauthGrant.deleteMany({ where: { appId, orgId, userId } });
    if (count > 0) {
      await recordAuditIn(tx, entryOf({ principal, orgId, appId }, "auth.oauth_revoked", { grants: count }));
    }
    return count;
  });
  forgetGrantsWhere((grant) => grant.appId === appId && grant.orgId === orgId && grant.userId === userId);
  return { revoked };
}

/** Ends everybody's grants in an organization, so that each is given anew under the rules of now. Returns their number. */
export async function endGrantsIn(tx: Tx, orgId: string): Promise<number> {
  const { count } = await tx.oauthGrant.deleteMany({ where: { orgId } });
  forgetGrantsWhere((grant) => grant.orgId === orgId);
  return count;
}

/** Ends a member's grants in an organization that they leave, so that none comes back should they join again. */
export async function endGrantsOfMember(tx: Tx, of: { orgId: string; userId: string }): Promise<void> {
  await tx.oauthGrant.deleteMany({ where: of });
  forgetGrantsWhere(({ orgId, userId }) => orgId === of.orgId && userId === of.userId);
}

/**
 * For an organization that is deleted: ends its apps, the grants of those apps, and its members' grants to other apps.
 */
export async function deleteAllApps(tx: Tx, orgId: string): Promise<void> {
  await tx.oauthGrant.deleteMany({ where: { orgId } });
  await tx.oauthApp.deleteMany({ where: { orgId } });
  forgetGrantsWhere((grant) => grant.orgId === orgId);
}
