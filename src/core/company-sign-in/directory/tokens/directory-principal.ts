import { hasFeature, planOf } from "../../../orgs";
import { AppError, type Clock, type Db, MINUTE, systemClock } from "../../../platform";
import { checkedSecret, endsWithChecksum, partsShown } from "../../../platform/crypto/checked-secret";
import { sha256 } from "../../../platform/crypto/hash";

/** Begins as our keys do, so that people and secret scanners recognize one; no key has this form, and the other way round. */
const PREFIX = "agt_scim_";
const SECRET = /^agt_scim_[0-9A-Za-z]{38}$/;

/** Whether the text has the form of a SCIM token, its checksum included. */
export function isDirectorySecret(text: string): boolean {
  return SECRET.test(text) && endsWithChecksum(text);
}

export function newDirectorySecret() {
  const secret = checkedSecret(PREFIX);
  return { secret, secretHash: sha256(secret), ...partsShown(secret) };
}

/**
 * A company's directory, which calls by SCIM. It is no `Principal`: no procedure and no model can be reached with it, and
 * nothing but SCIM takes one.
 */
export interface DirectoryPrincipal {
  kind: "directory";
  orgId: string;
  tokenId: string;
  /** The organization is in HIPAA mode. */
  hipaa?: boolean;
}

/** How exact `last_used_at` is. */
const USED_MS = MINUTE;

/**
 * Whose directory token this is.
 * @throws AppError `missing_credentials`, `invalid_access_token`, `suspended`; `plan_required` without the plan.
 */
export async function resolveDirectoryToken(
  db: Db,
  bearer: string | undefined,
  clock: Clock = systemClock,
): Promise<DirectoryPrincipal> {
  if (bearer === undefined) {
    throw new AppError("missing_credentials", { public: "Send the SCIM token as Authorization: Bearer …." });
  }
  const row = isDirectorySecret(bearer)
    ? await db.directoryToken.findUnique({
        where: { secretHash: sha256(bearer), organization: { deletedAt: null } },
        select: {
          id: true,
          orgId: true,
          lastUsedAt: true,
          organization: {
            select: { suspendedAt: true, hipaaSince: true, subscription: { select: { plan: true } } },
          },
        },
      })
    : null;
  if (row === null) {
    throw new AppError("invalid_access_token", {
      public: "This SCIM token is not valid, or was revoked. Make one in Settings → Company sign-in.",
    });
  }
  const { id, orgId, lastUsedAt, organization } = row;
  if (organization.suspendedAt !== null) {
    throw new AppError("suspended", { public: "This organization is suspended." });
  }
  if (!hasFeature(planOf(organization.subscription), "companySignIn")) {
    throw new AppError("plan_required", { public: "Your plan doesn’t have provisioning by SCIM." });
  }
  await noteUse(db, { id, lastUsedAt }, clock);
  return {
    kind: "directory",
    orgId,
    tokenId: id,
    ...(organization.hipaaSince !== null && { hipaa: true }),
  };
}

async function noteUse(
  db: Db,
  { id, lastUsedAt }: { id: string; lastUsedAt: Date | null },
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  if (lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < USED_MS) return;
  await db.directoryToken.updateMany({ where: { id }, data: { lastUsedAt: now } });
}
