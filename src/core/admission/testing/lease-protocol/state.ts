/** What the protocol of budget leases is about: one customer's counters and rows, and what each process has in memory. */

/** What a call reserves; it takes one or two. */
export const CALL = 2;

export interface Lease {
  owner: number;
  /** The life of its process that took it. */
  epoch: number;
  /** What it still holds of the counters. */
  amount: number;
  reported: number;
  /** Its owner has given back what was free, and takes no further calls from it. */
  closing: boolean;
}

interface OpenRow {
  call: number;
  owner: number;
  epoch: number;
  lease: number | null;
}

export interface Call {
  owner: number;
  state: "waiting" | "reserved" | "opened" | "settled" | "refused" | "lost";
  lease: number | null;
}

export interface Process {
  epoch: number;
  state: "up" | "cut off" | "dead";
  /** Told by the others to give back what is free, and not done yet. */
  recalled: boolean;
  lease: { id: number; free: number; spent: number } | null;
}

export interface State {
  limit: number;
  used: number;
  reserved: number;
  leases: Record<number, Lease>;
  open: OpenRow[];
  ledger: { call: number; lease: number | null; tokens: number }[];
  /** The epoch of each process that the database takes for alive; null once it has expired. */
  alive: (number | null)[];
  processes: Process[];
  calls: Call[];
  crashes: number;
  cuts: number;
  /** How often the limit may still be lowered. */
  changes: number;
  /** The highest that `used + reserved` may be: a lowered limit takes nothing back that was already taken. */
  bound: number;
  /** What went wrong; empty is the guarantee. */
  broken: string | null;
}

export interface Setting {
  processes: number;
  calls: number;
  limit: number;
  crashes: number;
  cuts: number;
  changes: number;
}

export function start({ processes, calls, limit, crashes, cuts, changes }: Setting): State {
  return {
    limit,
    used: 0,
    reserved: 0,
    leases: {},
    open: [],
    ledger: [],
    alive: Array.from({ length: processes }, () => 1),
    processes: Array.from({ length: processes }, () => ({
      epoch: 1,
      state: "up",
      recalled: false,
      lease: null,
    })),
    calls: Array.from({ length: calls }, (_, index) => ({
      owner: index % processes,
      state: "waiting",
      lease: null,
    })),
    crashes,
    cuts,
    changes,
    bound: limit,
    broken: null,
  };
}

export function copy(state: State): State {
  return {
    ...state,
    leases: Object.fromEntries(Object.entries(state.leases).map(([id, lease]) => [id, { ...lease }])),
    open: state.open.map((row) => ({ ...row })),
    ledger: state.ledger.map((row) => ({ ...row })),
    alive: [...state.alive],
    processes: state.processes.map((process) => ({
      ...process,
      lease: process.lease && { ...process.lease },
    })),
    calls: state.calls.map((call) => ({ ...call })),
  };
}

/** The lease that a process believes it has; undefined where it was ended for it. Numbers are used again, its epochs are not. */
export function rowOf(state: State, owner: number, id: number): Lease | undefined {
  const row = state.leases[id];
  return row?.owner === owner && row.epoch === state.processes[owner]?.epoch ? row : undefined;
}

/** An ended lease is of no further interest: its number is free again. */
export function endLease(next: State, id: number): void {
  delete next.leases[id];
  for (const row of next.ledger) if (row.lease === id) row.lease = null;
  for (const call of next.calls) if (call.lease === id && isOver(call)) call.lease = null;
}

export function heldByDead(state: State, owner: number): boolean {
  return (
    Object.values(state.leases).some(
      (lease) => lease.owner === owner && lease.epoch !== state.alive[owner],
    ) || state.open.some((row) => row.owner === owner && row.epoch !== state.alive[owner])
  );
}

export function isOver({ state }: Call): boolean {
  return state === "settled" || state === "refused" || state === "lost";
}

/** Settled under leases, and not in the counters yet. */
export function unreported(state: State): number {
  const under = state.ledger.filter(({ lease }) => lease !== null && state.leases[lease] !== undefined);
  const reported = Object.values(state.leases).reduce((sum, lease) => sum + lease.reported, 0);
  return under.reduce((sum, { tokens }) => sum + tokens, 0) - reported;
}

/** What calls under way may still take. */
export function inFlight(state: State): number {
  const unopened = state.calls.filter((call) => call.state === "reserved").length;
  return (state.open.length + unopened) * CALL;
}

export function violated(state: State): string | null {
  const billed = state.ledger.reduce((sum, { tokens }) => sum + tokens, 0);
  if (state.used + state.reserved > state.bound) return "used + reserved is above the limit";
  if (billed > state.bound) return "more was billed than the limit has";
  if (state.reserved < 0) return "more was given back than taken";
  const calls = state.ledger.map(({ call }) => call);
  if (new Set(calls).size < calls.length) return "a call was billed twice";
  const leases = Object.keys(state.leases).length;
  if (leases === 0 && state.open.length === 0) {
    if (state.used !== billed) return "at rest used is not the sum of the ledger";
    if (state.reserved !== 0) return "at rest something is still reserved";
  }
  return null;
}
