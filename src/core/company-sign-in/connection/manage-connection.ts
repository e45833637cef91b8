import { forgetPrincipalsIn } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { endGrantsIn } from "../../oauth";
import { getOrganizationPlan, hasFeature, orgSubject } from "../../orgs";
import { AppError, type Clock, type Db, newId, systemClock, type UserPrincipal } from "../../platform";
import { decryptText, encryptText, type KeyedTx } from "../../privacy";
import { changeCompany } from "../change-company";
import {
  type ConnectionRow,
  connectionColumns,
  secretField,
  verifiedDomains,
  viewConnection,
} from "./connection-rows";
import { discover } from "./identity-provider";
import { acsUrl, entityId, metadataUrl, redirectUri } from "./paths";
import type { CompanySignInView, SetConnectionInput } from "./schemas";
import { settingsFrom } from "./settings-from-metadata";

/** The organization's connection, if it has one, and what to enter at the identity provider. */
export async function getCompanySignIn(
  db: Db,
  { orgId }: Pick<UserPrincipal, "orgId">,
): Promise<CompanySignInView> {
  const row = await db.companyConnection.findUnique({ where: { orgId }, select: connectionColumns });
  return {
    connection: row === null ? null : viewConnection(row),
    redirect_uri: redirectUri(),
    saml: { entity_id: entityId(), acs_url: acsUrl(), metadata_url: metadataUrl() },
    available: hasFeature(await getOrganizationPlan(db, orgId), "companySignIn"),
  };
}

/**
 * Sets the organization's identity provider after its discovery document was read. Another issuer or client is another
 * connection: whoever was known by the old one is not known by the new one.
 * @throws AppError `insufficient_role`, `plan_required`; `invalid_request` for a provider that cannot be used or a missing
 * secret; `conflict` where nobody could sign in once it is enforced.
 */
export async function setConnection(
  db: Db,
  { principal, input: given }: { principal: UserPrincipal; input: SetConnectionInput },
  clock: Clock = systemClock,
): Promise<CompanySignInView> {
  const { orgId, userId } = principal;
  const input = withMetadata(given);
  const before = await db.companyConnection.findUnique({ where: { orgId }, select: connectionColumns });
  const same =
    before !== null &&
    before.kind === input.kind &&
    before.issuer === input.issuer &&
    before.clientId === (input.kind === "oidc" ? input.client_id : null);
  const certificates = input.kind === "saml" ? certificatesOf(input, same ? before : null) : [];
  const clientSecret = input.kind === "saml" ? null : await secretOf(db, input, same ? before : null);
  await changeCompany(db, { principal }, async (tx) => {
    const now = clock.now();
    const present = await tx.companyConnection.findUnique({ where: { orgId }, select: connectionColumns });
    if (present?.id !== before?.id || present?.updatedAt.getTime() !== before?.updatedAt.getTime()) {
      throw new AppError("conflict", { public: "Somebody changed it at the same time. Load it again." });
    }
    const kept = same ? before : null;
    if (input.enforced) await assertEnforceable(tx, { principal, connection: kept });
    if (before !== null && kept === null) await endConnection(tx, before);
    const id = kept?.id ?? newId(now);
    const data = {
      kind: input.kind,
      issuer: input.issuer,
      clientId: input.kind === "oidc" ? (input.client_id ?? null) : null,
      secretCipher:
        clientSecret === null
          ? null
          : await encryptText(tx, orgSubject(orgId), secretField(id), clientSecret),
      ssoUrl: input.kind === "saml" ? (input.sso_url ?? null) : null,
      certificates,
      defaultRole: input.default_role,
      enforced: input.enforced,
      updatedAt: now,
    };
    await tx.companyConnection.upsert({
      where: { id },
      create: { id, orgId, createdBy: userId, createdAt: now, ...data },
      update: data,
    });
    const enforcedNow = input.enforced && !kept?.enforced;
    const grants = enforcedNow ? await endGrantsIn(tx, orgId) : 0;
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "company.connection_changed",
      target: { type: "connection", id },
      details: {
        kind: input.kind,
        issuer: input.issuer,
        role: input.default_role,
        enforced: input.enforced,
        secret: input.client_secret !== undefined,
        ...(enforcedNow && { grants_ended: grants }),
      },
    });
  });
  forgetPrincipalsIn(orgId);
  return await getCompanySignIn(db, principal);
}

/** Nobody signs in through the company any more, and nobody has to. @throws AppError `insufficient_role`, `not_found`. */
export async function removeConnection(
  db: Db,
  { principal }: { principal: UserPrincipal },
): Promise<{ removed: true }> {
  const { orgId, userId } = principal;
  await changeCompany(db, { principal, withoutPlan: true }, async (tx) => {
    const row = await tx.companyConnection.findUnique({ where: { orgId }, select: connectionColumns });
    if (row === null) throw new AppError("not_found", { public: "There is no company sign-in to remove." });
    await endConnection(tx, row);
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "company.connection_removed",
      target: { type: "connection", id: row.id },
      details: { issuer: row.issuer },
    });
  });
  forgetPrincipalsIn(orgId);
  return { removed: true };
}

type Settings = SetConnectionInput & { issuer: string };

/** @throws AppError `invalid_request`, as the input's schema says it. */
function withMetadata(input: SetConnectionInput): Settings {
  const read = input.metadata === undefined ? undefined : settingsFrom(input.metadata);
  if (read !== undefined && "problem" in read) {
    throw new AppError("invalid_request", { public: `metadata: ${read.problem}.`, param: "metadata" });
  }
  const issuer = read?.issuer ?? input.issuer;
  if (issuer === undefined) {
    throw new AppError("invalid_request", { public: "issuer: is missing.", param: "issuer" });
  }
  return { ...input, ...read, issuer };
}

function certificatesOf({ certificates }: SetConnectionInput, kept: ConnectionRow | null): string[] {
  const present = certificates ?? kept?.certificates;
  if (present !== undefined) return present;
  throw new AppError("invalid_request", {
    public: "Enter the signing certificate of your provider.",
    param: "certificates",
  });
}

/** The client's secret, after the provider's documents were read with it. Nothing is held while somebody else answers. */
async function secretOf(
  db: Db,
  { issuer, client_id: clientId = "", client_secret: given }: Settings,
  kept: ConnectionRow | null,
): Promise<string> {
  const clientSecret = given ?? (kept === null ? undefined : await readSecret(db, kept));
  if (clientSecret === undefined) {
    throw new AppError("invalid_request", { public: "Enter the client secret.", param: "client_secret" });
  }
  await discover({ issuer, clientId, clientSecret });
  return clientSecret;
}

export async function readSecret(
  db: Db,
  { id, orgId, secretCipher }: Pick<ConnectionRow, "id" | "orgId" | "secretCipher">,
): Promise<string> {
  if (secretCipher === null) throw new Error("a connection without a secret");
  return await decryptText(db, orgSubject(orgId), secretField(id), secretCipher);
}

/** Sessions that were signed in by it go on, as sessions of nobody's company. */
async function endConnection(tx: KeyedTx, { id }: Pick<ConnectionRow, "id">): Promise<void> {
  await tx.session.updateMany({ where: { connectionId: id }, data: { connectionId: null } });
  await tx.linkedAccount.deleteMany({
    where: { provider: "company", providerAccountId: { startsWith: `${id}:` } },
  });
  await tx.companyConnection.delete({ where: { id } });
}

/** Who enforces it has signed in by it, so that a mistake in it locks nobody out. */
async function assertEnforceable(
  tx: KeyedTx,
  { principal, connection }: { principal: UserPrincipal; connection: ConnectionRow | null },
): Promise<void> {
  const { orgId, sessionId, userId } = principal;
  if (connection?.enforced) return;
  if ((await verifiedDomains(tx, orgId)).size === 0) {
    throw new AppError("conflict", { public: "Verify a domain first.", param: "enforced" });
  }
  const signedIn =
    connection !== null &&
    (await tx.session.count({ where: { id: sessionId, userId, connectionId: connection.id } })) > 0;
  if (signedIn) return;
  throw new AppError("conflict", {
    public: "Sign in through your company once, to see that it works. Then you can require it of everyone.",
    param: "enforced",
  });
}
