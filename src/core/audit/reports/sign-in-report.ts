import type { AuditAction } from "../../../shared/audit-actions";
import { type Clock, type DbOrTx, systemClock, toPublicId } from "../../platform";
import { assertListed, periodOf } from "./report-period";
import type { ReportInput, SignInReport } from "./schemas";

export const signedIn: AuditAction[] = ["auth.logged_in", "auth.registered"];
/** Of the organization's own chain: a wrong password is at a person's account, and no organization's to see. */
export const failedSignIns: AuditAction[] = ["company.sign_in_refused", "auth.refresh_token_reused"];

interface Row {
  user_id: string | null;
  method: string | null;
  sign_ins: bigint;
  factors: bigint;
  new_devices: bigint;
  failed: bigint;
  last_at: Date;
}

/** Who signed in to this organization and how, by person, whoever signed in last first. @throws AppError `invalid_request`. */
export async function signInReport(
  db: DbOrTx,
  { orgId, input }: { orgId: string; input: ReportInput },
  clock: Clock = systemClock,
): Promise<SignInReport> {
  const { from, to } = periodOf(input, clock.now());
  await assertListed(db, from);
  const rows = await db.$queryRaw<Row[]>`
    SELECT CASE WHEN actor_type = 'user' THEN actor_id END AS user_id, details->>'method' AS method,
      count(*) FILTER (WHERE action = ANY (${signedIn}::text[])) AS sign_ins,
      count(*) FILTER (WHERE action = ANY (${signedIn}::text[]) AND details->>'factor' IS NOT NULL) AS factors,
      count(*) FILTER (WHERE action = ANY (${signedIn}::text[]) AND details->>'new_device' = 'true') AS new_devices,
      count(*) FILTER (WHERE action = ANY (${failedSignIns}::text[])) AS failed, max(created_at) AS last_at
    FROM audit_logs
    WHERE org_id = ${orgId}::uuid AND action = ANY (${[...signedIn, ...failedSignIns]}::text[])
      AND action NOT IN ('api.request', 'api.requests_recorded', 'usage.recorded')
      AND created_at >= ${from.toISOString()}::timestamptz AND created_at < ${to.toISOString()}::timestamptz
    GROUP BY 1, 2`;
  const people = new Map<string | null, SignInReport["data"][number]>();
  for (const row of rows) {
    const person = people.get(row.user_id) ?? {
      user_id: row.user_id === null ? null : toPublicId("usr", row.user_id),
      sign_ins: 0,
      by_method: {},
      with_second_factor: 0,
      new_devices: 0,
      failed: 0,
      last_at: row.last_at.toISOString(),
    };
    const signIns = Number(row.sign_ins);
    person.sign_ins += signIns;
    if (signIns > 0) person.by_method[row.method ?? "registration"] = signIns;
    person.with_second_factor += Number(row.factors);
    person.new_devices += Number(row.new_devices);
    person.failed += Number(row.failed);
    const lastAt = row.last_at.toISOString();
    if (lastAt > person.last_at) person.last_at = lastAt;
    people.set(row.user_id, person);
  }
  const data = [...people.values()].sort((one, other) => (one.last_at < other.last_at ? 1 : -1));
  return { from: from.toISOString(), to: to.toISOString(), data };
}
