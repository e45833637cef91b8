import type { OrgRole } from "../../platform";
import { type DbOrTx, toPublicId } from "../../platform";
import type { FieldRef } from "../../privacy";
import { viewCertificate } from "./certificates";
import { signInUrl } from "./paths";
import type { ConnectionView } from "./schemas";

export interface ConnectionRow {
  id: string;
  orgId: string;
  kind: string;
  issuer: string;
  /** Of OpenID Connect, as its secret. */
  clientId: string | null;
  secretCipher: Uint8Array | null;
  /** Of SAML, as its certificates. */
  ssoUrl: string | null;
  certificates: string[];
  defaultRole: OrgRole;
  enforced: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export const connectionColumns = {
  id: true,
  orgId: true,
  kind: true,
  issuer: true,
  clientId: true,
  secretCipher: true,
  ssoUrl: true,
  certificates: true,
  defaultRole: true,
  enforced: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Record<keyof ConnectionRow, true>;

export const secretField = (id: string): FieldRef => ({
  table: "company_connections",
  column: "secret_cipher",
  rowId: id,
});

export function viewConnection(row: ConnectionRow): ConnectionView {
  return {
    id: toPublicId("con", row.id),
    kind: row.kind === "saml" ? "saml" : "oidc",
    issuer: row.issuer,
    client_id: row.clientId,
    sso_url: row.ssoUrl,
    certificates: row.certificates.map(viewCertificate),
    default_role: row.defaultRole,
    enforced: row.enforced,
    sign_in_url: signInUrl(row.id),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** The domains whose addresses a company may sign in now. */
export async function verifiedDomains(db: DbOrTx, orgId: string): Promise<ReadonlySet<string>> {
  const rows = await db.organizationDomain.findMany({
    where: { orgId, verifiedAt: { not: null } },
    select: { domain: true },
  });
  return new Set(rows.map(({ domain }) => domain));
}
