import { csvCell, csvLine } from "../../../shared/format/csv";
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
import { evidenceStorage, type Storage } from "../../platform/storage";
import type { Manifest } from "../archives/objects/manifest";
import type { ArchiveReader } from "../archives/objects/open-archive";
import { actorOf } from "../record/entry";
import { writeAudit } from "../record/record-audit";
import type { AuditEntryView, AuditFile, ExportAuditInput } from "../schemas";
import { type ArchivedSelection, movedWeeks, selectFromWeek } from "./archived-entries";
import { toEntryView } from "./entry-view";
import { countEntries, readEntries } from "./read-entries";

export const MOST_EXPORTED = 100_000;
/** Rows of archive objects that one export may read to find what its filters select. */
const MOST_READ = 2_000_000;
const PIECE = 1_000;

export type ExportFormat = "csv" | "jsonl";

interface ExportOptions {
  principal: Principal;
  traceId?: string | undefined;
  format: ExportFormat;
  input: ExportAuditInput;
  /** Where the objects of moved weeks are. */
  store?: Pick<Storage, "get">;
  /** For tests. */
  most?: number;
}

/**
 * What the filters select, newest first, as CSV or as one JSON object a line; read piece by piece as it is sent: weeks that were
 * moved from their archive objects, the rest from the tables. It holds everything or is not begun: a selection above the limit is refused. That it
 * was exported is recorded before the first line is.
 * @throws AppError `invalid_request`; `service_unavailable`.
 */
export async function exportAudit(
  db: Db,
  { principal, traceId, format, input, store = evidenceStorage(), most = MOST_EXPORTED }: ExportOptions,
  clock: Clock = systemClock,
): Promise<AuditFile> {
  const reach = reachOf(principal);
  // What is written from now on, this export included, is not part of it.
  const now = clock.now();
  const asked = input.created?.lt === undefined ? now : new Date(input.created.lt);
  const lt = (asked < now ? asked : now).toISOString();
  const bounded = { ...input, created: { ...input.created, lt } };
  const { created, order, ...filter } = bounded;
  const selection: ArchivedSelection = { ...reach, filter, order, created };
  const archive: Archive = { weeks: await movedWeeks(db, selection), selection, reader: { store } };
  await assertFits(db, reach, bounded, { most, archive });
  await writeAudit({
    orgId: principal.orgId,
    actor: actorOf(principal),
    action: "data.audit_exported",
    traceId,
    details: { format, ...factsOf(bounded) },
  });
  return {
    filename: `agathaai-audit-${toDay(now)}.${format}`,
    pieces: (format === "csv" ? csvOf : linesOf)(allEntries(db, reach, bounded, archive)),
  };
}

/** What an export reads of weeks that were moved. */
interface Archive {
  weeks: readonly Manifest[][];
  selection: ArchivedSelection;
  reader: ArchiveReader;
}

async function assertFits(
  db: Db,
  reach: Reach,
  input: ExportAuditInput,
  { most, archive }: { most: number; archive: Archive },
): Promise<void> {
  const { created, order, ...filter } = input;
  const beyond = await asOrganization(db, reach.orgId, (tx) =>
    countEntries(tx, { ...reach, filter }, boundsOf({ limit: most, order, created }, undefined)),
  );
  if (beyond > most) throw tooMany(most);
  const rows = archive.weeks.flat().reduce((sum, object) => sum + object.rows, 0);
  if (rows > MOST_READ)
    throw new AppError("invalid_request", {
      public: `More than ${MOST_READ.toLocaleString("en-US")} archived entries would have to be read. Choose a shorter period, and export one after the other.`,
      param: "created",
    });
  if (beyond + rows <= most) return;
  // Only reading them tells how many the filters select.
  let selected = beyond;
  for (const week of archive.weeks) {
    const found = await selectFromWeek(db, week, archive.selection, archive.reader, most - selected);
    selected += found.length;
    if (selected > most) throw tooMany(most);
  }
}

function tooMany(most: number): AppError {
  return new AppError("invalid_request", {
    public: `These filters select more than ${most.toLocaleString("en-US")} entries. Choose a shorter period, and export one after the other.`,
    param: "created",
  });
}

/** From the newest to the oldest or the other way: what was moved is older than all that was not. */
async function* allEntries(
  db: Db,
  reach: Reach,
  input: ExportAuditInput,
  archive: Archive,
): AsyncGenerator<AuditEntryView[], void> {
  if (input.order === "asc") {
    yield* archivedEntries(db, archive);
    yield* entriesOf(db, reach, input);
  } else {
    yield* entriesOf(db, reach, input);
    yield* archivedEntries(db, archive);
  }
  const now = await movedWeeks(db, archive.selection);
  // What was moved while it was read may be in neither part. The connection ends, and the file is known to be incomplete.
  if (now.length !== archive.weeks.length)
    throw new AppError("service_unavailable", {
      public: "Entries were archived during the export. Export again.",
      retryAfterSeconds: 5,
    });
}

async function* archivedEntries(
  db: Db,
  { weeks, selection, reader }: Archive,
): AsyncGenerator<AuditEntryView[], void> {
  for (const week of weeks) {
    const rows = await selectFromWeek(db, week, selection, reader);
    for (let at = 0; at < rows.length; at += PIECE) yield rows.slice(at, at + PIECE).map(toEntryView);
  }
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
