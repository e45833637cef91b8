import { assertEmailVerified, assertSessionActive } from "../../accounts";
import type { AuditAction, AuditEntry } from "../../audit";
import { lockOrganization, organizationDeleted, readMemberRights } from "../../orgs";
import { AppError, type Db, type Tx, toPublicId, type UserPrincipal } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import type { AppView } from "../schemas";

export interface AppRow {
  id: string;
  orgId: string;
  name: string;
  homepageUrl: string;
  redirectUris: string[];
  scopes: string[];
  secretHash: Uint8Array | null;
  previousSecretUntil: Date | null;
  deviceFlow: boolean;
  logo: Uint8Array | null;
  createdAt: Date;
  updatedAt: Date;
}

export const appColumns = {
  id: true,
  orgId: true,
  name: true,
  homepageUrl: true,
  redirectUris: true,
  scopes: true,
  secretHash: true,
  previousSecretUntil: true,
  deviceFlow: true,
  logo: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Record<keyof AppRow, true>;

/** The URL holds a hash of the logo, so that browsers may cache it forever. */
export function logoUrl({ id, logo }: { id: string; logo: Uint8Array | null }): string | null {
  if (logo === null) return null;
  const version = Buffer.from(sha256(logo)).toString("base64url").slice(0, 12);
  return `/oauth/apps/${toPublicId("app", id)}/logo?v=${version}`;
}

export function viewApp(row: AppRow, { people, now }: { people: number; now: Date }): AppView {
  const until = row.previousSecretUntil;
  return {
    id: toPublicId("app", row.id),
    name: row.name,
    homepage_url: row.homepageUrl,
    redirect_uris: row.redirectUris,
    scopes: row.scopes,
    confidential: row.secretHash !== null,
    device_flow: row.deviceFlow,
    logo_url: logoUrl(row),
    previous_secret_until: until !== null && until > now ? until.toISOString() : null,
    people,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** @throws AppError `not_found`, also for another organization's app. */
export async function readApp(tx: Db | Tx, { orgId, id }: { orgId: string; id: string }): Promise<AppRow> {
  const row = await tx.oauthApp.findFirst({ where: { id, orgId }, select: appColumns });
  if (row !== null) return row;
  throw new AppError("not_found", { public: "App not found in your organization.", param: "id" });
}

export function auditOfApp(row: AppRow, action: AuditAction, userId: string): AuditEntry {
  return {
    orgId: row.orgId,
    actor: { type: "user", id: userId },
    action,
    target: { type: "app", id: row.id },
    details: {
      name: row.name,
      hosts: [...new Set(row.redirectUris.map((uri) => new URL(uri).host))].join(" "),
      scopes: row.scopes.join(" "),
      confidential: row.secretHash !== null,
      device_flow: row.deviceFlow,
    },
  };
}

/**
 * An app without redirect URIs is connected with a device's code, and in no other way: nobody could come back to it.
 * @throws AppError `invalid_request`, param `redirect_uris`.
 */
export function assertReachable({
  redirectUris,
  deviceFlow,
}: Pick<AppRow, "redirectUris" | "deviceFlow">): void {
  if (redirectUris.length > 0 || deviceFlow) return;
  throw new AppError("invalid_request", {
    public: "Name at least one redirect URI, or turn on device sign-in.",
    param: "redirect_uris",
  });
}

/**
 * Changes an organization's apps with its row locked, one change after the other and behind the second wall, by a person whose session
 * is alive and whose role allows it now: a principal may be five seconds old. An app asks strangers for their consent on a page of ours,
 * so whoever registers or changes one has a verified email; deleting one takes only the role.
 * @throws AppError `insufficient_role`, `missing_credentials`, `email_not_verified`; `conflict` where the organization was deleted a
 *   moment ago.
 */
export async function changeApps<T>(
  db: Db,
  principal: UserPrincipal,
  change: (tx: Tx) => Promise<T>,
  { deletes = false }: { deletes?: boolean } = {},
): Promise<T> {
  const { orgId, userId } = principal;
  return await db.$transaction(async (tx) => {
    await assertSessionActive(tx, principal);
    if (!(await lockOrganization(tx, { orgId, userId }))) throw organizationDeleted();
    const member = await readMemberRights(tx, { orgId, userId });
    if (!member?.scopes.has("keys:write")) {
      throw new AppError("insufficient_role", {
        public: "Your role in this organization does not allow managing apps. Ask an owner or admin.",
      });
    }
    if (!deletes) {
      await assertEmailVerified(tx, userId, {
        public: "Verify your email before you register or change an app.",
      });
    }
    return await change(tx);
  });
}
