import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { AuditAction } from "../../../shared/audit-actions";
import { SECOND } from "../../platform";
import { backoff } from "../../platform/concurrency/backoff";
import { db, transactNamed } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { BATCH_OF_CALLS, type BatchDraft, draftBatch, signTogether } from "../batches/batch";
import { callText, prepareCall, type RecordedCall } from "../batches/call-record";
import { grouped } from "../batches/grouped";
import { appendEntries } from "./append-entries";
import { type AuditBuffer, buffer, count, MAX_BATCH, type Waiting } from "./audit-buffer";
import { type AuditEntry, type CallRecord, prepareEntry } from "./entry";

/** A killed process loses at most the entries of this interval. */
export const FLUSH_EVERY_MS = 250;
/** Of one transaction, in batches of an organization each. */
const MAX_CALLS = 4_000;
/** About 30 MB; two minutes of 400 requests a second without a database. */
export const MAX_WAITING = 50_000;
const LONGEST_PAUSE_MS = 5 * SECOND;

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

/** Adds an API call in the same way: all of an organization's within the interval share one entry. */
export function recordCall(call: RecordedCall): void {
  const state = buffer();
  const record = prepareCall(call);
  if (count(state) >= MAX_WAITING) spillCalls([record]);
  else state.calls.push(record);
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
      for (const [, calls] of state.ungathered.splice(0)) spillCalls(calls);
      for (const { calls = [] } of state.drafts.splice(0)) spillCalls(calls);
      spillCalls(state.calls.splice(0));
      state.batched = 0;
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
  await gatherCalls(state);
  // Entries that arrive during a write wait for the next interval, which keeps batches full and writes few.
  let left = state.urgent.length + state.waiting.length;
  do {
    const batch = nextBatch(state);
    left -= batch.length;
    if (!(await writeBatch(state, batch))) return;
  } while (left > 0 || state.urgent.length > 0);
}

/**
 * From here on a batch of calls stays as it is, so that it can be tried again under its entry's ID. One organization a turn of the event
 * loop: hashing the calls of all of them at once would hold up every call that is under way.
 */
async function gatherCalls(state: AuditBuffer): Promise<void> {
  state.batched += state.calls.length;
  state.ungathered.push(...grouped(state.calls.splice(0), ({ orgId }) => orgId));
  for (let next = state.ungathered.shift(); next !== undefined; next = state.ungathered.shift()) {
    const [orgId, calls] = next;
    for (let at = 0; at < calls.length; at += MAX_BATCH) {
      state.drafts.push(draftOf(orgId, calls.slice(at, at + MAX_BATCH)));
    }
    await nextTurn();
  }
  state.waiting.push(...batchesOf(state.drafts.splice(0)));
}

function draftOf(orgId: string, calls: readonly CallRecord[]): BatchDraft {
  const records = calls.map((call) => ({ id: call.id, text: callText(call) }));
  return draftBatch(orgId, BATCH_OF_CALLS, records, calls);
}

function batchesOf(drafts: readonly BatchDraft[]): Waiting[] {
  return signTogether(drafts).map((entry) => ({ entry, tries: 0 }));
}

function nextBatch(state: AuditBuffer): Waiting[] {
  const batch = state.urgent.splice(0, state.batchMax);
  for (let calls = 0; calls < MAX_CALLS && batch.length < state.batchMax; ) {
    const waiting = state.waiting.shift();
    if (waiting === undefined) break;
    calls += callsIn([waiting]);
    batch.push(waiting);
  }
  state.batched -= callsIn(batch);
  return batch;
}

function callsIn(batch: readonly Waiting[]): number {
  return batch.reduce((sum, { entry }) => sum + (entry.calls?.length ?? 0), 0);
}

async function writeBatch(state: AuditBuffer, batch: Waiting[]): Promise<boolean> {
  const entries = batch.map(({ entry }) => entry);
  const mayExist = batch.some(({ tries }) => tries > 0);
  try {
    await transactNamed(db(), (query) => appendEntries({ query }, entries, { mayExist }));
  } catch (error) {
    requeue(state, batch, error);
    return false;
  }
  state.written += entries.reduce((sum, { calls }) => sum + (calls?.length ?? 1), 0);
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
      requeueHalves(state, batch);
      return;
    }
    state.batchMax = Math.ceil(batch.length / 2);
  }
  state.waiting.unshift(...batch);
  state.batched += callsIn(batch);
}

/** An entry that is refused on its own is spilled; a batch of calls is halved until only the one at fault remains. */
function requeueHalves(state: AuditBuffer, batch: readonly Waiting[]): void {
  const [{ orgId = null, calls = [] } = {}] = batch.map(({ entry }) => entry);
  if (orgId === null || calls.length < 2) {
    spill(batch);
    return;
  }
  const half = Math.ceil(calls.length / 2);
  state.waiting.unshift(
    ...batchesOf([draftOf(orgId, calls.slice(0, half)), draftOf(orgId, calls.slice(half))]),
  );
  state.batched += calls.length;
}

/** An entry holds no content, secret, email or IP address, so it may be logged and recovered from there. */
function spill(entries: readonly Waiting[]): void {
  const state = buffer();
  for (const { entry } of entries) {
    if (entry.calls !== undefined) {
      spillCalls(entry.calls);
      continue;
    }
    state.spilled += 1;
    log().error(
      { audit_entry: entry, spilled: state.spilled },
      "audit entry spilled: it is in this line only",
    );
  }
}

function spillCalls(calls: readonly CallRecord[]): void {
  const state = buffer();
  for (const call of calls) {
    state.spilled += 1;
    log().error(
      { audit_entry: { ...call, action: "api.request" }, spilled: state.spilled },
      "audit entry spilled: it is in this line only",
    );
  }
}

function pauseAfter(failures: number): number {
  return backoff(failures, { baseMs: FLUSH_EVERY_MS, capMs: LONGEST_PAUSE_MS });
}

/** The database refuses the data itself (SQLSTATE classes 22 and 23), so a retry cannot help. */
function isRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? "");
}
