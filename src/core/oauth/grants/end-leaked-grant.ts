import { type AuditEntry, actorOf, recordAuditIn } from "../../audit";
import { type Clock, type Db, publicId, systemClock, toPublicId } from "../../platform";
import { findArtifact } from "../artifacts/artifact-store";
import { forgetGrantsWhere } from "../tokens/app-principal";

/** The grant of an app's refresh token, used or not; undefined for any other text. */
export async function grantOfRefreshToken(
  db: Db,
  secret: string,
  clock: Clock = systemClock,
): Promise<string | undefined> {
  const found = await findArtifact(db, { kind: "RefreshToken", secret }, clock);
  const grant = publicId("agr").safeParse(found?.payload.grantId);
  return grant.success ? grant.data : undefined;
}

/** Ends what a person granted an app, with its codes and tokens: one of them was found. Undefined where it had ended. */
export async function endLeakedGrant(
  db: Db,
  { grantId, finding }: { grantId: string; finding: AuditEntry["details"] },
  clock: Clock = systemClock,
): Promise<{ orgId: string; userId: string } | undefined> {
  const ended = await db.$transaction(async (tx) => {
    const where = { id: grantId, expiresAt: { gt: clock.now() } };
    const grant = await tx.oauthGrant.findUnique({ where });
    if (grant === null || (await tx.oauthGrant.deleteMany({ where })).count === 0) return undefined;
    await recordAuditIn(tx, {
      orgId: grant.orgId,
      actor: actorOf(null),
      action: "auth.oauth_revoked",
      target: { type: "app", id: grant.appId },
      details: { user: toPublicId("usr", grant.userId), ...finding },
    });
    return grant;
  });
  if (ended === undefined) return undefined;
  const { appId, orgId, userId } = ended;
  forgetGrantsWhere((grant) => grant.appId === appId && grant.userId === userId);
  return { orgId, userId };
}
