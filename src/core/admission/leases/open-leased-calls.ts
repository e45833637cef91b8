import { plain, valuesOf } from "../../platform/db/rows/columns";
import type { CallToAdmit } from "../calls/call";
import { callColumns } from "../calls/open-call";
import type { Connection } from "../commit/connection";
import { GroupCommit } from "../commit/group-commit";
import type { Hold } from "./budgets";
import { openLeasedCallsSql } from "./open-leased-calls.sql";

const MAX_GROUP = 128;
const MAX_WAITING = 20_000;
/** Delays nobody, because the provider is called meanwhile and takes longer; under load most of all a fuller group counts. */
const gather = (before: number) => (before < 8 ? 5 : 10);

interface LeasedCall {
  call: CallToAdmit;
  /** Null for a test call, which reserves nothing. */
  leaseId: string | null;
}

/** How a call's row was written. `leased`: no counter moves when it ends; a test call has nothing in a lease. */
export interface Opened {
  leased: boolean;
  hold?: Hold | undefined;
}

/** Reserved in the counters. */
export const counted: Opened = { leased: false };

const leaseColumn = plain<LeasedCall>(({ leaseId }) => leaseId);

/**
 * Whether the call was opened. It was not if this process was taken for dead, or if its lease or the call's
 * Idempotency-Key belongs to another by now.
 */
export type LeasedOpens = GroupCommit<LeasedCall, { id: string }, boolean>;

export function openLeasedCalls(connection: Connection, processId: () => string): LeasedOpens {
  return new GroupCommit<LeasedCall, { id: string }, boolean>({
    connection,
    maxSize: MAX_GROUP,
    maxWaiting: MAX_WAITING,
    gather,
    statement: (calls) => ({
      name: "open_leased_calls",
      text: openLeasedCallsSql,
      values: [
        processId(),
        ...valuesOf(
          callColumns,
          calls.map(({ call }) => call),
        ),
        leaseColumn(calls),
      ],
    }),
    outcomes: (calls, rows) => {
      const refused = new Set(rows.map(({ id }) => id));
      return calls.map(({ call }) => !refused.has(call.id));
    },
  });
}
