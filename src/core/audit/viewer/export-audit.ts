import { csvCell, csvLine } from "../../../shared/csv";
import { toDay } from "../../../shared/time";
import {
  AppError,
  type Clock,
  type Db,
  type Principal,
  type Reach,
  reachOf,
  systemClock,
} from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { boundsOf } from "../../platform/list";
import { actorOf } from "../record/entry";
import { writeAudit } from "../record/record-audit";
import type { AuditEntryView, AuditFile, ExportAuditInput } from "../schemas";
import { toEntryView } from "./entry-view";
import { countEntries, readEntries } from "./read-entries";

export const MOST_EXPORTED = 100_000;
const PIECE = 1_000;

export type ExportFormat = "csv" | "jsonl";

interface ExportOptions {
  principal: Principal;
  traceId?: string | undefined;
  format: ExportFormat;
  input: ExportAuditInput;
  /** For tests. */
  most?: number;
}

/**
 * What the filters select, newest first, as CSV or as one JSON object a line; read piece by piece as it is sent. It holds everything or is
 * not begun: a selection above the limit is refused. That it was exported is recorded before the first line is.
 * @throws AppError `invalid_request`.
 */
export async function exportAudit(
  db: Db,
  { principal, traceId, format, input, most = MOST_EXPORTED }: ExportOptions,
  clock: Clock = systemClock,
): Promise<AuditFile> {
  const reach = reachOf(principal);
  // What is written from now on, this export included, is not part of it.
  const now = clock.now();
  const asked = input.created?.lt === undefined ? now : new Date(input.created.lt);
  const lt = (asked < now ? asked : now).toISOString();
  const bounded = { ...input, created: { ...input.created, lt } };
  await assertFits(db, reach, bounded, most);
  await writeAudit({
    orgId: principal.orgId,
    actor: actorOf(principal),
    action: "data.audit_exported",
    traceId,
    details: { format, ...factsOf(bounded) },
  });
  return {
    filename: `agathaai-audit-${toDay(now)}.${format}`,
    pieces: format === "csv" ? csvOf(entriesOf(db, reach, bounded)) : linesOf(entriesOf(db, reach, bounded)),
  };
}

async function assertFits(db: Db, reach: Reach, input: ExportAuditInput, most: number): Promise<void> {
  const { created, order, ...filter } = input;
  const beyond = await asOrganization(db, reach.orgId, (tx) =>
    countEntries(tx, { ...reach, filter }, boundsOf({ limit: most, order, created }, undefined)),
  );
  if (beyond <= most) return;
  throw new AppError("invalid_request", {
    public: `These filters select more than ${most.toLocaleString("en-US")} entries. Choose a shorter period, and export one after the other.`,
    param: "created",
  });
}

async function* entriesOf(
  db: Db,
  { orgId, environment }: Reach,
  { created, order, ...filter }: ExportAuditInput,
): AsyncGenerator<AuditEntryView[], void> {
  let after: string | undefined;
  for (;;) {
    const bounds = boundsOf({ limit: PIECE - 1, order, created }, after);
    const rows = await asOrganization(db, orgId, (tx) =>
      readEntries(tx, { orgId, environment, filter }, bounds),
    );
    if (rows.length > 0) yield rows.map(toEntryView);
    after = rows.at(-1)?.id;
    if (rows.length < PIECE || after === undefined) return;
  }
}

const columns: Record<string, (entry: AuditEntryView) => string | number | null> = {
  id: ({ id }) => id,
  sequence: ({ sequence }) => sequence,
  created_at: ({ created_at }) => created_at,
  action: ({ action }) => action,
  outcome: ({ outcome }) => outcome,
  actor_type: ({ actor }) => actor.type,
  actor_id: ({ actor }) => actor.id,
  target_type: ({ target }) => target?.type ?? null,
  target_id: ({ target }) => target?.id ?? null,
  request_id: ({ request_id }) => request_id,
  details: ({ details }) => JSON.stringify(details),
};

async function* csvOf(pieces: AsyncIterable<AuditEntryView[]>): AsyncGenerator<string, void> {
  yield csvLine(Object.keys(columns));
  for await (const entries of pieces) {
    yield entries
      .map((entry) => csvLine(Object.values(columns).map((read) => csvCell(read(entry) ?? ""))))
      .join("");
  }
}

async function* linesOf(pieces: AsyncIterable<AuditEntryView[]>): AsyncGenerator<string, void> {
  for await (const entries of pieces) yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/** What was exported, as the caller named it. */
function factsOf({ action, kind, outcome, actor, target, target_type, requests, created }: ExportAuditInput) {
  return {
    action,
    kind,
    outcome,
    actor,
    target,
    target_type,
    requests,
    from: created?.gte,
    to: created?.lt,
  };
}
