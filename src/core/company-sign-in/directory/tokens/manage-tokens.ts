import { recordAuditIn } from "../../../audit";
import { assertMayManage } from "../../../members";
import { getOrganizationPlan, hasFeature, readMemberRights, readRoles } from "../../../orgs";
import {
  AppError,
  type Clock,
  type Db,
  newId,
  systemClock,
  type Tx,
  toPublicId,
  type UserPrincipal,
} from "../../../platform";
import { env } from "../../../platform/env";
import { changeCompany } from "../../change-company";
import {
  type CreatedDirectoryToken,
  type DirectoryTokenView,
  type DirectoryView,
  MAX_DIRECTORY_TOKENS,
} from "../schemas";
import { newDirectorySecret } from "./directory-principal";

/** Where directories find us. */
export const SCIM_PATH = "/scim/v2";

const tokenColumns = { id: true, prefix: true, lastFour: true, createdAt: true, lastUsedAt: true } as const;

interface TokenRow {
  id: string;
  prefix: string;
  lastFour: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** What to enter at the identity provider, and what has come of it. */
export async function getDirectory(db: Db, { orgId }: Pick<UserPrincipal, "orgId">): Promise<DirectoryView> {
  const [tokens, users, groups, plan] = await Promise.all([
    db.directoryToken.findMany({ where: { orgId }, orderBy: { id: "asc" }, select: tokenColumns }),
    db.directoryUser.count({ where: { orgId } }),
    db.directoryGroup.count({ where: { orgId } }),
    getOrganizationPlan(db, orgId),
  ]);
  return {
    scim_url: `${new URL(env().APP_URL).origin}${SCIM_PATH}`,
    tokens: tokens.map(viewToken),
    users,
    groups,
    available: hasFeature(plan, "companySignIn"),
  };
}

/** @throws AppError `insufficient_role`, `plan_required`; `conflict` where there are two. */
export async function createDirectoryToken(
  db: Db,
  { principal }: { principal: UserPrincipal },
  clock: Clock = systemClock,
): Promise<CreatedDirectoryToken> {
  const { orgId, userId } = principal;
  const now = clock.now();
  const { secret, ...stored } = newDirectorySecret();
  return await changeCompany(db, { principal }, async (tx) => {
    await assertWholeAdmin(tx, principal);
    if ((await tx.directoryToken.count({ where: { orgId } })) >= MAX_DIRECTORY_TOKENS) {
      throw new AppError("conflict", {
        public: `Your organization has ${MAX_DIRECTORY_TOKENS} SCIM tokens, the most it can have. Revoke one first.`,
      });
    }
    const row = await tx.directoryToken.create({
      data: { id: newId(now), orgId, ...stored, createdBy: userId, createdAt: now },
      select: tokenColumns,
    });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "directory.token_created",
      target: { type: "directory_token", id: row.id },
    });
    return { ...viewToken(row), secret };
  });
}

/** Whoever has a token can put anybody into any group, and some group may stand for the role admin. */
async function assertWholeAdmin(tx: Tx, { orgId, userId }: UserPrincipal): Promise<void> {
  const caller = await readMemberRights(tx, { orgId, userId });
  const rightsOf = await readRoles(tx, { orgId });
  if (caller !== null) return assertMayManage(caller, [rightsOf({ role: "admin", customRoleId: null })]);
}

/** The directory is refused with it from now on. Members stay as they are. @throws AppError `insufficient_role`, `not_found`. */
export async function revokeDirectoryToken(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
): Promise<{ id: string; object: "directory_token"; deleted: true }> {
  const { orgId, userId } = principal;
  return await changeCompany(db, { principal, withoutPlan: true }, async (tx) => {
    const { count } = await tx.directoryToken.deleteMany({ where: { id, orgId } });
    if (count === 0) {
      throw new AppError("not_found", { public: "SCIM token not found in your organization.", param: "id" });
    }
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "directory.token_revoked",
      target: { type: "directory_token", id },
    });
    return { id: toPublicId("dtk", id), object: "directory_token", deleted: true };
  });
}

function viewToken({ id, prefix, lastFour, createdAt, lastUsedAt }: TokenRow): DirectoryTokenView {
  return {
    id: toPublicId("dtk", id),
    prefix,
    last_four: lastFour,
    created_at: createdAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
  };
}
