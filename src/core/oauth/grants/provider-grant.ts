import { recordAuditIn } from "../../audit";
import { type Clock, type Db, type Suspension, systemClock, toPublicId } from "../../platform";
import { suspendedError, suspensionOfPerson } from "../../suspensions";
import { forgetGrantsWhere } from "../tokens/app-principal";

export interface LivingGrant {
  id: string;
  appId: string;
  orgId: string;
  userId: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date;
  suspension: Suspension | null;
}

/**
 * A grant that still stands: its person lives, has verified their email and is a member, its app and organization exist. Each exchange of a code or
 * refresh token asks for it before it counts as used, so none is exchanged for somebody who left, and it is good again once a
 * suspension ends.
 * @throws AppError `suspended`.
 */
export async function findGrant(
  db: Db,
  grantId: string,
  clock: Clock = systemClock,
): Promise<LivingGrant | undefined> {
  const [row] = await db.$queryRaw<LivingGrant[]>`
    SELECT g.id, g.app_id AS "appId", g.org_id AS "orgId", g.user_id AS "userId", g.scopes,
      g.created_at AS "createdAt", g.expires_at AS "expiresAt",
      ${suspensionOfPerson} AS "suspension"
    FROM oauth_grants g
    JOIN users u ON u.id = g.user_id AND u.deleted_at IS NULL AND u.email_verified_at IS NOT NULL
    JOIN memberships m ON m.user_id = g.user_id AND m.org_id = g.org_id
    JOIN organizations o ON o.id = g.org_id AND o.deleted_at IS NULL
    WHERE g.id = ${grantId}::uuid AND g.expires_at > ${clock.now()}::timestamptz`;
  if (row?.suspension) throw suspendedError(row.suspension);
  return row;
}

/** @returns the grant's organization, for the token that is being issued under it. */
export async function touchGrant(
  db: Db,
  grantId: string,
  clock: Clock = systemClock,
): Promise<string | undefined> {
  const [row] = await db.oauthGrant.updateManyAndReturn({
    where: { id: grantId },
    data: { lastUsedAt: clock.now() },
    select: { orgId: true },
  });
  return row?.orgId;
}

/** Ends a grant with its codes and tokens: the app asked for it, or a code or refresh token was used twice. Idempotent. */
export async function endGrant(db: Db, { grantId }: { grantId: string }): Promise<void> {
  await db.$transaction(async (tx) => {
    const grant = await tx.oauthGrant.findUnique({ where: { id: grantId } });
    if (grant === null) return;
    const { count } = await tx.oauthGrant.deleteMany({ where: { id: grantId } });
    if (count === 0) return;
    forgetGrantsWhere(({ appId, userId }) => appId === grant.appId && userId === grant.userId);
    await recordAuditIn(tx, {
      orgId: grant.orgId,
      actor: { type: "system", id: null },
      action: "auth.oauth_revoked",
      target: { type: "app", id: grant.appId },
      details: { user: toPublicId("usr", grant.userId) },
    });
  });
}
