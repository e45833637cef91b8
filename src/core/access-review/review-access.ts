import { decryptPeople } from "../accounts";
import { actorOf, recordAuditIn } from "../audit";
import { knownScopes } from "../keys";
import { readRoles } from "../orgs";
import { type Clock, type Db, scopes, systemClock, toPublicId, type UserPrincipal } from "../platform";
import type { AccessReview } from "./schemas";

interface MemberFacts {
  userId: string;
  secondFactor: boolean;
  suspended: boolean;
  lastSeenAt: Date | null;
}

/** The organization's connections with apps, as they stand. */
interface GrantRow {
  appId: string;
  name: string;
  userId: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
}

/**
 * Who and what can act in the organization now: members, keys and service accounts that work or could be made to, apps that somebody
 * connected; each with what it may do, since when, and when it was last used. Recorded in the audit log in the same transaction. The caller has checked the role.
 */
export async function reviewAccess(
  db: Db,
  { principal, format }: { principal: UserPrincipal; format: "json" | "csv" },
  clock: Clock = systemClock,
): Promise<AccessReview> {
  const { orgId } = principal;
  const now = clock.now();
  const { members, facts, keys, grants, rightsOf } = await db.$transaction(async (tx) => {
    const found = {
      rightsOf: await readRoles(tx, { orgId }),
      members: await tx.membership.findMany({
        where: { orgId },
        orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
      }),
      facts: await tx.$queryRaw<MemberFacts[]>`
        SELECT u.id AS "userId", u.suspended_at IS NOT NULL AS "suspended",
          EXISTS (SELECT FROM authenticators a WHERE a.user_id = u.id AND a.confirmed_at IS NOT NULL)
            OR EXISTS (SELECT FROM passkeys k WHERE k.user_id = u.id) AS "secondFactor",
          (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id AND s.org_id = m.org_id) AS "lastSeenAt"
        FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.org_id = ${orgId}::uuid AND u.deleted_at IS NULL`,
      keys: await tx.apiKey.findMany({
        where: {
          orgId,
          revokedAt: null,
          AND: [
            { OR: [{ graceEndsAt: null }, { graceEndsAt: { gt: now } }] },
            { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
          ],
        },
        orderBy: { id: "asc" },
        omit: { secretHash: true },
        include: { serviceAccount: { select: { disabledAt: true } } },
      }),
      grants: await tx.$queryRaw<GrantRow[]>`
        SELECT a.id AS "appId", a.name, g.user_id AS "userId", g.scopes, g.created_at AS "createdAt",
          g.expires_at AS "expiresAt", g.last_used_at AS "lastUsedAt"
        FROM oauth_grants g JOIN oauth_apps a ON a.id = g.app_id
        WHERE g.org_id = ${orgId}::uuid AND g.expires_at > ${now}::timestamptz ORDER BY g.id`,
    };
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "data.access_reviewed",
      target: { type: "organization", id: orgId },
      details: {
        format,
        members: found.members.length,
        keys: found.keys.length,
        apps: found.grants.length,
      },
    });
    return found;
  });
  const factsOf = new Map(facts.map((one) => [one.userId, one]));
  const ids = [
    ...members.map(({ userId }) => userId),
    ...keys.flatMap(({ createdBy }) => createdBy ?? []),
    ...grants.map(({ userId }) => userId),
  ];
  const people = await decryptPeople(db, [...new Set(ids)]);
  const emailOf = (userId: string | null) => (userId === null ? null : (people.get(userId)?.email ?? null));
  const rightsOfUser = new Map(members.map((member) => [member.userId, rightsOf(member)]));
  const data: AccessReview["data"] = [
    ...members.flatMap((member) => {
      const [person, fact, rights] = [
        people.get(member.userId),
        factsOf.get(member.userId),
        rightsOf(member),
      ];
      if (person === undefined || fact === undefined) return [];
      return [
        {
          kind: "member" as const,
          id: toPublicId("usr", member.userId),
          name: person.name,
          email: person.email,
          role: rights.role,
          custom_role: rights.customRoleId === null ? null : rights.name,
          permissions: scopes.filter((scope) => rights.scopes.has(scope)),
          second_factor: fact.secondFactor,
          suspended: fact.suspended,
          since: member.createdAt.toISOString(),
          last_used_at: fact.lastSeenAt?.toISOString() ?? null,
        },
      ];
    }),
    ...keys.map((key) => {
      const facts = {
        name: key.name,
        environment: key.environment,
        permissions: knownScopes(key.scopes),
        created_by: emailOf(key.createdBy),
        suspended: key.suspendedAt !== null,
        since: key.createdAt.toISOString(),
        last_used_at: key.lastUsedAt?.toISOString() ?? null,
      };
      return key.serviceAccount === null
        ? {
            kind: "api_key" as const,
            id: toPublicId("key", key.id),
            ...facts,
            expires_at: key.expiresAt?.toISOString() ?? null,
          }
        : {
            kind: "service_account" as const,
            id: toPublicId("sva", key.id),
            ...facts,
            disabled: key.serviceAccount.disabledAt !== null,
          };
    }),
    ...grants.map((grant) => ({
      kind: "app" as const,
      id: toPublicId("app", grant.appId),
      name: grant.name,
      // What was granted, as far as its person may do it now.
      permissions: scopes.filter(
        (scope) => grant.scopes.includes(scope) && rightsOfUser.get(grant.userId)?.scopes.has(scope),
      ),
      created_by: emailOf(grant.userId),
      expires_at: grant.expiresAt.toISOString(),
      since: grant.createdAt.toISOString(),
      last_used_at: grant.lastUsedAt?.toISOString() ?? null,
    })),
  ];
  return { object: "access_review", created_at: now.toISOString(), data };
}
