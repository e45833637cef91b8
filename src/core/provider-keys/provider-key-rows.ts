import { isProvider } from "../../shared/providers";
import type { AuditEntry } from "../audit";
import { forgetKeysOf } from "../keys";
import { lockMembers } from "../members";
import { orgSubject } from "../orgs";
import { AppError, type Db, type OrgRole, type Tx, toPublicId, type UserPrincipal } from "../platform";
import { type KeyedTx, transactWithKeys } from "../privacy";
import { forgetOwnKeys } from "./own-keys";
import type { ProviderKeyView } from "./schemas";

export interface ProviderKeyRow {
  id: string;
  provider: string;
  position: number;
  fallback: boolean;
  lastFour: string;
  createdBy: string | null;
  createdAt: Date;
  rotatedAt: Date | null;
}

export const providerKeyColumns = {
  id: true,
  provider: true,
  position: true,
  fallback: true,
  lastFour: true,
  createdBy: true,
  createdAt: true,
  rotatedAt: true,
} as const satisfies Record<keyof ProviderKeyRow, true>;

export function viewProviderKey(row: ProviderKeyRow): ProviderKeyView {
  const { id, provider, position, fallback, lastFour, createdBy, createdAt, rotatedAt } = row;
  if (!isProvider(provider)) throw new Error(`a provider key of the unknown provider ${provider}`);
  return {
    id: toPublicId("pky", id),
    provider,
    last_four: lastFour,
    position,
    fallback,
    created_by: createdBy === null ? null : toPublicId("usr", createdBy),
    created_at: createdAt.toISOString(),
    rotated_at: rotatedAt?.toISOString() ?? null,
  };
}

/** What the audit log says of one: never any part of the key itself. */
export function auditOfProviderKey({
  id,
  provider,
  position,
  fallback,
}: ProviderKeyRow): Pick<AuditEntry, "target" | "details"> {
  return { target: { type: "provider_key", id }, details: { provider, position, fallback } };
}

const managers: readonly OrgRole[] = ["owner", "admin"];

/** Owners and admins change them, because a key decides who is billed. @throws AppError `insufficient_role`. */
export function assertManager(role: OrgRole): void {
  if (managers.includes(role)) return;
  throw new AppError("insufficient_role", {
    public: "Only an owner or admin can manage your organization's keys at providers.",
  });
}

/**
 * Changes an organization's provider keys under the lock of its members, by somebody whose role still allows it. Takes effect
 * here at once, in every other process within five seconds.
 * @throws AppError `insufficient_role`, `missing_credentials`.
 */
export async function changeProviderKeys<T>(
  db: Db,
  principal: UserPrincipal,
  change: (tx: KeyedTx) => Promise<T>,
): Promise<T> {
  const { orgId } = principal;
  assertManager(principal.role);
  const changed = await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    assertManager((await lockMembers(tx, principal)).role);
    return await change(tx);
  });
  forgetOwnKeys(orgId);
  forgetKeysOf(orgId);
  return changed;
}

/** @throws AppError `not_found`, also for another organization's. */
export async function readProviderKey(
  tx: Db | Tx,
  { orgId, id }: { orgId: string; id: string },
): Promise<ProviderKeyRow> {
  const row = await tx.providerKey.findUnique({ where: { id, orgId }, select: providerKeyColumns });
  if (row !== null) return row;
  throw new AppError("not_found", {
    public: "Provider key not found in your organization.",
    param: "id",
  });
}
