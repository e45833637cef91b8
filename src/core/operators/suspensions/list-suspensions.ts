import { decryptPeople } from "../../accounts";
import { type Db, type Suspension, toPublicId } from "../../platform";
import { pageOf } from "../../platform/list";
import type { ListSuspensionsInput, SuspensionList } from "./schemas";

interface Row {
  of: Suspension["of"];
  id: string;
  org_id: string | null;
  reason: string;
  by: string | null;
  since: Date;
}

const prefixes = { account: "usr", organization: "org", key: "key" } as const;

/** What is suspended now, newest first. Earlier suspensions are in the audit log. @throws AppError `invalid_cursor`. */
export async function listSuspensions(db: Db, query: ListSuspensionsInput): Promise<SuspensionList> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT 'account' AS of, id, NULL::uuid AS org_id, suspension_reason AS reason, suspended_by AS by, suspended_at AS since
      FROM users WHERE suspended_at IS NOT NULL AND deleted_at IS NULL
    UNION ALL SELECT 'organization', id, NULL, suspension_reason, suspended_by, suspended_at
      FROM organizations WHERE suspended_at IS NOT NULL AND deleted_at IS NULL
    UNION ALL SELECT 'key', id, org_id, suspension_reason, suspended_by, suspended_at
      FROM api_keys WHERE suspended_at IS NOT NULL AND revoked_at IS NULL`;
  const items = rows.map(({ of, id, org_id, reason, by, since }) => ({
    id: toPublicId(prefixes[of], id),
    of,
    organization_id: org_id === null ? null : toPublicId("org", org_id),
    reason,
    by,
    created_at: since.toISOString(),
  }));
  const page = pageOf({ list: "suspensions", owner: "operators" }, query, items);
  const people = await decryptPeople(
    db,
    page.data.flatMap(({ by }) => (by === null ? [] : [by])),
  );
  const data = page.data.map((item) => ({
    ...item,
    by: item.by === null ? null : (people.get(item.by)?.name ?? null),
  }));
  return { ...page, data };
}
