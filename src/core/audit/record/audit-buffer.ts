import { singleton } from "../../platform/concurrency/singleton";
import type { BatchDraft } from "../batches/batch";
import type { CallRecord, PreparedEntry } from "./entry";

/** Entries, or batches of calls, of one transaction. */
export const MAX_BATCH = 1_000;

export interface Waiting {
  entry: PreparedEntry;
  /** Attempts whose outcome is unknown: any of them may have committed. */
  tries: number;
  settle?: { resolve: () => void; reject: (error: unknown) => void } | undefined;
}

export interface AuditBuffer {
  /** Entries whose caller waits; they go first. */
  urgent: Waiting[];
  waiting: Waiting[];
  /** API calls, which are put into batches when they are written. */
  calls: CallRecord[];
  /** Those of organizations whose batch is still to be made. */
  ungathered: [orgId: string, calls: CallRecord[]][];
  /** Batches that are still to be signed. */
  drafts: BatchDraft[];
  /** Calls in these, and in batches among `waiting`. */
  batched: number;
  timer: NodeJS.Timeout | undefined;
  writing: Promise<void> | undefined;
  batchMax: number;
  failures: number;
  written: number;
  spilled: number;
}

/** One a process: the server that stops writes down what the pages recorded too. */
export const buffer = singleton(
  "audit log",
  (): AuditBuffer => ({
    urgent: [],
    waiting: [],
    calls: [],
    ungathered: [],
    drafts: [],
    batched: 0,
    timer: undefined,
    writing: undefined,
    batchMax: MAX_BATCH,
    failures: 0,
    written: 0,
    spilled: 0,
  }),
);

/** Entries and calls that are not written yet. */
export function count(state: AuditBuffer): number {
  return state.urgent.length + state.waiting.length + state.batched + state.calls.length;
}
