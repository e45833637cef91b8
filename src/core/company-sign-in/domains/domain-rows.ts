import type { AuditAction, AuditEntry } from "../../audit";
import { AppError, type DbOrTx, toPublicId } from "../../platform";
import type { DomainView } from "./schemas";
import { recordName, recordValue } from "./txt-record";

export interface DomainRow {
  id: string;
  orgId: string;
  domain: string;
  proof: string;
  verifiedAt: Date | null;
  checkedAt: Date | null;
  missingSince: Date | null;
  lostAt: Date | null;
  createdAt: Date;
}

export const domainColumns = {
  id: true,
  orgId: true,
  domain: true,
  proof: true,
  verifiedAt: true,
  checkedAt: true,
  missingSince: true,
  lostAt: true,
  createdAt: true,
} as const satisfies Record<keyof DomainRow, true>;

export function viewDomain(row: DomainRow): DomainView {
  return {
    id: toPublicId("dom", row.id),
    domain: row.domain,
    status: statusOf(row),
    record: { type: "TXT", name: recordName(row.domain), value: recordValue(row.proof) },
    verified_at: row.verifiedAt?.toISOString() ?? null,
    checked_at: row.checkedAt?.toISOString() ?? null,
    missing_since: row.missingSince?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  };
}

function statusOf({ verifiedAt, missingSince, lostAt }: DomainRow): DomainView["status"] {
  if (verifiedAt === null) return lostAt === null ? "pending" : "lost";
  return missingSince === null ? "verified" : "missing";
}

/** @throws AppError `not_found`, also for another organization's. */
export async function readDomain(
  db: DbOrTx,
  { orgId, id }: { orgId: string; id: string },
): Promise<DomainRow> {
  const row = await db.organizationDomain.findUnique({ where: { id, orgId }, select: domainColumns });
  if (row !== null) return row;
  throw new AppError("not_found", { public: "Domain not found in your organization.", param: "id" });
}

/** By a person, or by the job that checks domains again. */
export function auditOfDomain(
  { id, orgId, domain }: Pick<DomainRow, "id" | "orgId" | "domain">,
  action: AuditAction,
  userId: string | null,
): AuditEntry {
  return {
    orgId,
    actor: userId === null ? { type: "system", id: null } : { type: "user", id: userId },
    action,
    target: { type: "domain", id },
    details: { domain },
  };
}
