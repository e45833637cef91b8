import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { backoff } from "../../platform/backoff";
import { SECOND } from "../../platform/clock";
import { db, Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { singleton } from "../../platform/singleton";
import { appendEntries } from "./append-entries";
import { type AuditEntry, type PreparedEntry, prepareEntry } from "./entry";

/** What a killed process may lose of `recordAudit`'s entries. */
export const FLUSH_EVERY_MS = 250;
const MAX_BATCH = 1_000;
/** About 30 MB; two minutes of 400 requests a second without a database. */
export const MAX_WAITING = 50_000;
const LONGEST_PAUSE_MS = 5 * SECOND;
const TRANSACTION = { maxWait: 5 * SECOND, timeout: 30 * SECOND };

interface Waiting {
  entry: PreparedEntry;
  /** Attempts whose outcome is unknown: any of them may have committed. */
  tries: number;
  settle?: { resolve: () => void; reject: (error: unknown) => void } | undefined;
}

interface Trail {
  /** Entries somebody awaits; they go first. */
  urgent: Waiting[];
  waiting: Waiting[];
  timer: NodeJS.Timeout | undefined;
  writing: Promise<void> | undefined;
  batchMax: number;
  failures: number;
  written: number;
  spilled: number;
}

/** One a process: the server that stops writes down what the pages recorded too. */
const trail = singleton(
  "audit trail",
  (): Trail => ({
    urgent: [],
    waiting: [],
    timer: undefined,
    writing: undefined,
    batchMax: MAX_BATCH,
    failures: 0,
    written: 0,
    spilled: 0,
  }),
);

/**
 * Adds an entry to the trail, off the caller's path: it is written with others within `FLUSH_EVERY_MS`. Every entry is
 * written before an orderly end of the process; a process that is killed loses at most that interval's. While the
 * database is away entries wait, up to `MAX_WAITING`; beyond that they are spilled into the log, whole.
 */
export function recordAudit(entry: AuditEntry): void {
  const state = trail();
  const waiting = { entry: prepareEntry(entry), tries: 0 };
  if (state.waiting.length >= MAX_WAITING) spill([waiting]);
  else state.waiting.push(waiting);
  state.timer ??= setTimeout(() => void write(), FLUSH_EVERY_MS).unref();
}

/**
 * Adds an entry and waits until it stands: for what must not be lost but has no transaction of its own. It travels with
 * whatever else is waiting. Rejects when the first attempt fails; the entry is then still tried again.
 */
export async function writeAudit(entry: AuditEntry): Promise<void> {
  const state = trail();
  const written = new Promise<void>((resolve, reject) => {
    state.urgent.push({ entry: prepareEntry(entry), tries: 0, settle: { resolve, reject } });
  });
  void write();
  await written;
}

/** Writes all that waits. What the database has not taken within `withinMs` is spilled into the log. */
export async function flushAudit({ withinMs = 10 * SECOND }: { withinMs?: number } = {}): Promise<void> {
  const state = trail();
  const deadline = Date.now() + withinMs;
  while (count(state) > 0 || state.writing !== undefined) {
    const left = deadline - Date.now();
    if (left <= 0) {
      spill([...state.urgent.splice(0), ...state.waiting.splice(0)]);
      return;
    }
    await Promise.race([write(), sleep(left, undefined, { ref: false })]);
    if (state.failures > 0) await sleep(Math.min(100, left));
  }
}

export interface AuditStats {
  /** Entries that wait to be written. */
  waiting: number;
  written: number;
  /** Entries that could only be logged. */
  spilled: number;
}

export function auditStats(): AuditStats {
  const state = trail();
  return { waiting: count(state), written: state.written, spilled: state.spilled };
}

/** One writer per process: its batches follow each other, so that a chain's rows keep the order they happened in. */
function write(): Promise<void> {
  const state = trail();
  state.writing ??= writeAll(state).finally(() => {
    state.writing = undefined;
    clearTimeout(state.timer);
    state.timer =
      count(state) > 0 ? setTimeout(() => void write(), pauseAfter(state.failures)).unref() : undefined;
  });
  return state.writing;
}

async function writeAll(state: Trail): Promise<void> {
  // What comes while a batch is written waits for the next interval: batches stay full and writes few.
  let left = count(state);
  do {
    const batch = take(state);
    left -= batch.length;
    if (!(await writeBatch(state, batch))) return;
  } while (left > 0 || state.urgent.length > 0);
}

function take(state: Trail): Waiting[] {
  const urgent = state.urgent.splice(0, state.batchMax);
  return [...urgent, ...state.waiting.splice(0, state.batchMax - urgent.length)];
}

async function writeBatch(state: Trail, batch: Waiting[]): Promise<boolean> {
  const entries = batch.map(({ entry }) => entry);
  const mayExist = batch.some(({ tries }) => tries > 0);
  try {
    await db().$transaction((tx) => appendEntries(tx, entries, { mayExist }), TRANSACTION);
  } catch (error) {
    keep(state, batch, error);
    return false;
  }
  state.written += batch.length;
  state.failures = 0;
  state.batchMax = MAX_BATCH;
  for (const { settle } of batch) settle?.resolve();
  return true;
}

function keep(state: Trail, batch: Waiting[], error: unknown): void {
  state.failures += 1;
  log().error(
    { err: error, rows: batch.length, waiting: count(state), failures: state.failures },
    "audit entries could not be written; they are kept and tried again",
  );
  for (const waiting of batch) {
    waiting.tries += 1;
    waiting.settle?.reject(error);
    waiting.settle = undefined;
  }
  if (isRefused(error)) {
    // One bad row must not hold up the others: ever smaller batches, until it stands alone.
    if (batch.length === 1) {
      spill(batch);
      return;
    }
    state.batchMax = Math.ceil(batch.length / 2);
  }
  state.waiting.unshift(...batch);
}

/** An entry holds no content, secret or address, so it may be logged; from there it can be recovered. */
function spill(entries: readonly Waiting[]): void {
  const state = trail();
  state.spilled += entries.length;
  for (const { entry } of entries) {
    log().error(
      { audit_entry: entry, spilled: state.spilled },
      "audit entry spilled: it is in this line only",
    );
  }
}

function pauseAfter(failures: number): number {
  return backoff(failures, { baseMs: FLUSH_EVERY_MS, capMs: LONGEST_PAUSE_MS });
}

function count(state: Trail): number {
  return state.urgent.length + state.waiting.length;
}

const refusedSchema = z.object({
  driverAdapterError: z.object({ cause: z.object({ originalCode: z.string().regex(/^2[23]/) }) }),
});

/** The database answered and does not take what was sent (SQLSTATE classes 22 and 23), however often it is tried. */
function isRefused(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && refusedSchema.safeParse(error.meta).success;
}
