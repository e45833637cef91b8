import { decryptPeople } from "../accounts";
import { actorOf, recordAuditIn } from "../audit";
import { readRoles } from "../orgs";
import { type Clock, type Db, systemClock, type UserPrincipal } from "../platform";
import { appRow, type GrantRow, keyRow, type MemberFacts, memberRow } from "./review-rows";
import type { AccessReview } from "./schemas";

/**
 * Who and what can act in the organization now: members, keys and service accounts that work or could be made to, apps that somebody
 * connected; each with what it may do, since when, and when it was last used. Recorded in the audit log in the same transaction. The caller has checked the role.
 */
export async function reviewAccess(
  db: Db,
  { principal, format }: { principal: UserPrincipal; format: "json" | "csv" },
  clock: Clock = systemClock,
): Promise<AccessReview> {
  const now = clock.now();
  const { members, facts, keys, grants, rightsOf } = await readAndRecord(db, { principal, format, now });
  const ids = [
    ...members.map(({ userId }) => userId),
    ...keys.flatMap(({ createdBy }) => createdBy ?? []),
    ...grants.map(({ userId }) => userId),
  ];
  const people = await decryptPeople(db, [...new Set(ids)]);
  const factsOf = new Map(facts.map((one) => [one.userId, one]));
  const rightsOfUser = new Map(members.map((member) => [member.userId, rightsOf(member)]));
  const data: AccessReview["data"] = [
    ...members.flatMap((member) => {
      const [person, fact] = [people.get(member.userId), factsOf.get(member.userId)];
      return person && fact ? [memberRow(member, person, fact, rightsOf(member))] : [];
    }),
    ...keys.map((key) => keyRow(key, people)),
    ...grants.map((grant) => appRow(grant, people, rightsOfUser.get(grant.userId))),
  ];
  return { object: "access_review", created_at: now.toISOString(), data };
}

/** Everything that can act now, and the line in the log that it was looked at. */
function readAndRecord(
  db: Db,
  { principal, format, now }: { principal: UserPrincipal; format: "json" | "csv"; now: Date },
) {
  const { orgId } = principal;
  return db.$transaction(async (tx) => {
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
}
