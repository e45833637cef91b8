import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { SECOND } from "../../platform";
import { backoff } from "../../platform/concurrency/backoff";
import { singleton } from "../../platform/concurrency/singleton";
import { db, Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import type { AuditAction } from "./actions";
import { appendEntries } from "./append-entries";
import { type AuditEntry, type PreparedEntry, prepareEntry } from "./entry";

/** A killed process loses at most the entries of this interval. */
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

interface AuditBuffer {
  /** Entries whose caller waits; they go first. */
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
const buffer = singleton(
  "audit log",
  (): AuditBuffer => ({
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
 * Adds an entry to the audit log without making the caller wait: entries are written in batches every `FLUSH_EVERY_MS`,
 * and all of them before an orderly shutdown. While the database is unreachable up to `MAX_WAITING` entries wait; the
 * rest are written whole into the log.
 */
export function recordAudit(entry: AuditEntry): void {
  const state = buffer();
  const waiting = { entry: prepareEntry(entry), tries: 0 };
  if (state.waiting.length >= MAX_WAITING) spill([waiting]);
  else state.waiting.push(waiting);
  state.timer ??= setTimeout(() => void write(), FLUSH_EVERY_MS).unref();
}

/**
 * Adds an entry and waits until it is committed, for entries that must not be lost but have no transaction of their own.
 * It shares a batch with whatever else is waiting. Rejects when the first attempt fails; the entry is still retried.
 */
export async function writeAudit(entry: AuditEntry): Promise<void> {
  const state = buffer();
  const written = new Promise<void>((resolve, reject) => {
    state.urgent.push({ entry: prepareEntry(entry), tries: 0, settle: { resolve, reject } });
  });
  void write();
  await written;
}

interface OperatorRead {
  /** The organization whose data was shown; null for data of none. */
  orgId: string | null;
  target?: AuditEntry["target"];
}

/**
 * Records in each organization's own log that an operator reads its data. Awaited before the response: a read that
 * could not be recorded is not shown.
 */
export async function recordOperatorReads(
  { operatorId, action, traceId }: { operatorId: string; action: AuditAction; traceId?: string | undefined },
  reads: readonly OperatorRead[],
): Promise<void> {
  const actor = { type: "operator", id: operatorId } as const;
  await Promise.all(reads.map((read) => writeAudit({ ...read, actor, action, traceId })));
}

/** Writes all waiting entries. Those the database has not accepted within `withinMs` go into the log. */
export async function flushAudit({ withinMs = 10 * SECOND }: { withinMs?: number } = {}): Promise<void> {
  const state = buffer();
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
  /** Entries waiting to be written. */
  waiting: number;
  written: number;
  /** Entries that could only be logged. */
  spilled: number;
}

export function auditStats(): AuditStats {
  const state = buffer();
  return { waiting: count(state), written: state.written, spilled: state.spilled };
}

/** One writer per process: batches run one after the other, so that a chain keeps the order of events. */
function write(): Promise<void> {
  const state = buffer();
  state.writing ??= writeAll(state).finally(() => {
    state.writing = undefined;
    clearTimeout(state.timer);
    state.timer =
      count(state) > 0 ? setTimeout(() => void write(), pauseAfter(state.failures)).unref() : undefined;
  });
  return state.writing;
}

async function writeAll(state: AuditBuffer): Promise<void> {
  // Entries that arrive during a write wait for the next interval, which keeps batches full and writes few.
  let left = count(state);
  do {
    const batch = nextBatch(state);
    left -= batch.length;
    if (!(await writeBatch(state, batch))) return;
  } while (left > 0 || state.urgent.length > 0);
}

function nextBatch(state: AuditBuffer): Waiting[] {
  const urgent = state.urgent.splice(0, state.batchMax);
  return [...urgent, ...state.waiting.splice(0, state.batchMax - urgent.length)];
}

async function writeBatch(state: AuditBuffer, batch: Waiting[]): Promise<boolean> {
  const entries = batch.map(({ entry }) => entry);
  const mayExist = batch.some(({ tries }) => tries > 0);
  try {
    await db().$transaction((tx) => appendEntries(tx, entries, { mayExist }), TRANSACTION);
  } catch (error) {
    requeue(state, batch, error);
    return false;
  }
  state.written += batch.length;
  state.failures = 0;
  state.batchMax = MAX_BATCH;
  for (const { settle } of batch) settle?.resolve();
  return true;
}

function requeue(state: AuditBuffer, batch: Waiting[], error: unknown): void {
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
    // One bad row must not block the others: batches are halved until it is alone.
    if (batch.length === 1) {
      spill(batch);
      return;
    }
    state.batchMax = Math.ceil(batch.length / 2);
  }
  state.waiting.unshift(...batch);
}

/** An entry holds no content, secret, email or IP address, so it may be logged and recovered from there. */
function spill(entries: readonly Waiting[]): void {
  const state = buffer();
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

function count(state: AuditBuffer): number {
  return state.urgent.length + state.waiting.length;
}

const refusedSchema = z.object({
  driverAdapterError: z.object({ cause: z.object({ originalCode: z.string().regex(/^2[23]/) }) }),
});

/** The database refuses the data itself (SQLSTATE classes 22 and 23), so a retry cannot help. */
function isRefused(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && refusedSchema.safeParse(error.meta).success;
}
