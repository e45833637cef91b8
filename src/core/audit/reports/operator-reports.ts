import { type AuditAction, auditActionsOf } from "../../../shared/audit-actions";
import { type Clock, type Db, systemClock, toPublicId } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { decodeCursor, encodeCursor, type ListIdentity, type ListQuery } from "../../platform/list";
import { reachesBackTo } from "../archives/objects/manifest";
import type { ActorType } from "../record/entry";
import { recordOperatorReads } from "../record/record-audit";
import { deeds } from "./admin-report";
import type {
  OperatorDeeds,
  OperatorDeedsInput,
  OperatorSignIns,
  OperatorSignInsInput,
} from "./operator-schemas";
import { assertListed, periodOf } from "./report-period";
import { failedSignIns, signedIn } from "./sign-in-report";

interface Asked<Input> {
  operatorId: string;
  input: Input;
}

interface SignInRow {
  org_id: string;
  people: bigint;
  sign_ins: bigint;
  factors: bigint;
  new_devices: bigint;
  failed: bigint;
  last_at: Date;
}

/**
 * Who signed in to organizations and how, a line for each that had a sign-in in the period, the newest organization first; each that is
 * shown has a line in its log that an operator looked. @throws AppError `invalid_request`, `invalid_cursor`.
 */
export async function operatorSignIns(
  db: Db,
  { operatorId, input }: Asked<OperatorSignInsInput>,
  clock: Clock = systemClock,
): Promise<OperatorSignIns> {
  const { method } = input;
  const page = pageOf("operator-sign-ins", input);
  await assertListed(db, periodOf(input, clock.now()).from);
  const after = page.after === undefined ? Prisma.empty : Prisma.sql`AND org_id < ${page.after}::uuid`;
  const rows = await db.$queryRaw<SignInRow[]>`
    SELECT org_id,
      count(DISTINCT actor_id) FILTER (WHERE action = ANY (${signedIn}::text[])) AS people,
      count(*) FILTER (WHERE action = ANY (${signedIn}::text[])) AS sign_ins,
      count(*) FILTER (WHERE action = ANY (${signedIn}::text[]) AND details->>'factor' IS NOT NULL) AS factors,
      count(*) FILTER (WHERE action = ANY (${signedIn}::text[]) AND details->>'new_device' = 'true') AS new_devices,
      count(*) FILTER (WHERE action = ANY (${failedSignIns}::text[])) AS failed, max(created_at) AS last_at
    FROM audit_logs
    WHERE ${entriesIn(input, [...signedIn, ...failedSignIns], clock)} ${after}
      ${method === undefined ? Prisma.empty : Prisma.sql`AND details->>'method' = ${method}`}
    GROUP BY org_id ORDER BY org_id DESC LIMIT ${input.limit + 1}::int`;
  const { shown, next_cursor } = page.cut(rows, ({ org_id }) => org_id);
  await recordReads(operatorId, shown);
  const data = shown.map((row) => ({
    organization_id: toPublicId("org", row.org_id),
    people: Number(row.people),
    sign_ins: Number(row.sign_ins),
    with_second_factor: Number(row.factors),
    new_devices: Number(row.new_devices),
    failed: Number(row.failed),
    last_at: row.last_at.toISOString(),
  }));
  return { data, next_cursor, reaches_back_to: await reachesBackTo(db) };
}

interface DeedRow {
  org_id: string;
  actor_type: ActorType;
  action: string;
  actors: bigint;
  times: bigint;
  last_at: Date;
}

/**
 * What admins, programs and our operators did to organizations in the period, the newest organization first; each that is shown has a line
 * in its log that an operator looked. @throws AppError `invalid_request`, `invalid_cursor`.
 */
export async function operatorDeeds(
  db: Db,
  { operatorId, input }: Asked<OperatorDeedsInput>,
  clock: Clock = systemClock,
): Promise<OperatorDeeds> {
  const { by, kind } = input;
  const page = pageOf("operator-deeds", input);
  await assertListed(db, periodOf(input, clock.now()).from);
  const [org, type, action] = page.after?.split(" ") ?? [];
  const after =
    org === undefined
      ? Prisma.empty
      : Prisma.sql`AND (org_id, actor_type, action) < (${org}::uuid, ${type}::text, ${action}::text)`;
  const actions = kind === undefined ? deeds : auditActionsOf(kind).filter((one) => deeds.includes(one));
  const rows = await db.$queryRaw<DeedRow[]>`
    SELECT org_id, actor_type, action, count(DISTINCT actor_id) AS actors, count(*) AS times, max(created_at) AS last_at
    FROM audit_logs
    WHERE ${entriesIn(input, actions, clock)} ${after}
      ${by === undefined ? Prisma.empty : Prisma.sql`AND actor_type = ${by}`}
    GROUP BY org_id, actor_type, action ORDER BY org_id DESC, actor_type DESC, action DESC
    LIMIT ${input.limit + 1}::int`;
  const keyOf = ({ org_id, actor_type, action }: DeedRow) => `${org_id} ${actor_type} ${action}`;
  const { shown, next_cursor } = page.cut(rows, keyOf);
  await recordReads(operatorId, shown);
  const data = shown.map((row) => ({
    organization_id: toPublicId("org", row.org_id),
    by: row.actor_type,
    action: row.action,
    actors: Number(row.actors),
    times: Number(row.times),
    last_at: row.last_at.toISOString(),
  }));
  return { data, next_cursor, reaches_back_to: await reachesBackTo(db) };
}

/** Entries of these actions in the period, of one organization or of all; the chain `system` is no organization's. */
function entriesIn(
  input: OperatorSignInsInput | OperatorDeedsInput,
  actions: readonly AuditAction[],
  clock: Clock,
): Prisma.Sql {
  const { from, to } = periodOf(input, clock.now());
  const { organization_id: orgId } = input;
  return Prisma.sql`org_id IS NOT NULL AND action = ANY (${[...actions]}::text[])
    AND action NOT IN ('api.request', 'api.requests_recorded', 'usage.recorded')
    AND created_at >= ${from.toISOString()}::timestamptz AND created_at < ${to.toISOString()}::timestamptz
    ${orgId === undefined ? Prisma.empty : Prisma.sql`AND org_id = ${orgId}::uuid`}`;
}

/** Lines of a report are found again by what they are grouped by. */
function pageOf(list: string, { limit, cursor, ...filter }: OperatorSignInsInput | OperatorDeedsInput) {
  const identity: ListIdentity = { list, owner: "operators", filter };
  const query: ListQuery = { limit, cursor };
  return {
    after: decodeCursor(identity, query),
    cut: <Row>(rows: readonly Row[], keyOf: (row: Row) => string) => {
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const more = rows.length > limit && last !== undefined;
      return { shown, next_cursor: more ? encodeCursor(identity, query, keyOf(last)) : null };
    },
  };
}

async function recordReads(operatorId: string, rows: readonly { org_id: string }[]): Promise<void> {
  const orgIds = [...new Set(rows.map(({ org_id }) => org_id))];
  await recordOperatorReads(
    { operatorId, action: "operator.report_listed" },
    orgIds.map((orgId) => ({ orgId, target: { type: "organization", id: orgId } })),
  );
}
