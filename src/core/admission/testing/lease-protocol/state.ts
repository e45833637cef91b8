/** The state of the lease protocol: one customer's counters and rows, and the memory of each process. */

/** The reservation of a call; it uses one or two. */
export const CALL = 2;
/** The size of a lease. */
export const BLOCK = 4;

/** Ways in which an implementation could be wrong; each has to be found. */
export type Bug =
  | "no fencing"
  | "report twice"
  | "recall ignored"
  | "return after expiry"
  | "report without what was moved"
  | "acceptance without its lease"
  | "doubtful acceptance given back"
  | "moved given back with a dead lease"
  | "calls leased beyond the quota";

export type AddStep = (name: string, change: (next: State) => void) => void;

export interface Lease {
  owner: number;
  /** The life of its process that took it. */
  epoch: number;
  /** The reservation it still holds in the counters. */
  amount: number;
  reported: number;
  /** Taken out of it by queued calls, which hold it themselves. */
  moved: number;
}

interface OpenRow {
  call: number;
  owner: number;
  epoch: number;
  lease: number | null;
}

export interface Call {
  owner: number;
  /** Accepted to be answered later, by any process. */
  queued: boolean;
  /** Its state as its process knows it: "unleased" goes the direct way, "doubtful" is one whose acceptance was not heard of. */
  state:
    | "waiting"
    | "unleased"
    | "reserved"
    | "opened"
    | "doubtful"
    | "accepted"
    | "settled"
    | "refused"
    | "lost";
  lease: number | null;
  /** Of a queued call under a lease: whether the statement that accepts it is under way, and what became of it. */
  statement: "none" | "under way" | "committed" | "found no lease";
}

/** A report of a process about its lease; it arrives later, or never. */
export interface SentReport {
  lease: number;
  epoch: number;
  spent: number;
  kept: number;
  ended: boolean;
}

export interface Process {
  epoch: number;
  state: "up" | "cut off" | "dead";
  /** Recalled by another process; the free part is not released yet. */
  recalled: boolean;
  lease: {
    id: number;
    free: number;
    spent: number;
    moved: number;
    /** It takes no further calls. */
    closing: boolean;
    /** Something is to be reported. */
    dirty: boolean;
  } | null;
  report: SentReport | null;
}

export interface State {
  limit: number;
  /** Usage beyond it is paid for, up to the limit; null where it is not. */
  quota: number | null;
  used: number;
  owed: number;
  reserved: number;
  leases: Record<number, Lease>;
  open: OpenRow[];
  /** Accepted calls that no worker has ended yet; each holds its own reservation. */
  queue: number[];
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
  /** How many of them are queued. */
  queued?: number;
  limit: number;
  quota?: number;
  crashes: number;
  cuts: number;
  changes: number;
}

export function start(setting: Setting): State {
  const { processes, calls, queued = 0, limit, quota = null, crashes, cuts, changes } = setting;
  return {
    limit,
    quota,
    used: 0,
    owed: 0,
    reserved: 0,
    leases: {},
    open: [],
    queue: [],
    ledger: [],
    alive: Array.from({ length: processes }, () => 1),
    processes: Array.from({ length: processes }, () => ({
      epoch: 1,
      state: "up",
      recalled: false,
      lease: null,
      report: null,
    })),
    calls: Array.from({ length: calls }, (_, index) => ({
      owner: index % processes,
      queued: index < queued,
      state: "waiting",
      lease: null,
      statement: "none",
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
    queue: [...state.queue],
    ledger: state.ledger.map((row) => ({ ...row })),
    alive: [...state.alive],
    processes: state.processes.map((process) => ({
      ...process,
      lease: process.lease && { ...process.lease },
      report: process.report && { ...process.report },
    })),
    calls: state.calls.map((call) => ({ ...call })),
  };
}

/** The counters take what was used. The last tokens of it are those beyond the quota. */
export function use(next: State, tokens: number): void {
  next.used += tokens;
  if (next.quota !== null) next.owed += Math.min(tokens, Math.max(0, next.used - next.quota));
}

/** The lease that a process believes it has; undefined where it was ended for it. Numbers are used again, its epochs are not. */
export function rowOf(state: State, owner: number, id: number): Lease | undefined {
  const row = state.leases[id];
  return row?.owner === owner && row.epoch === state.processes[owner]?.epoch ? row : undefined;
}

/** It takes no further calls, and what none holds goes back. */
export function closeLease(process: Process): void {
  if (process.lease === null) return;
  process.lease.closing = true;
  process.lease.free = 0;
  process.lease.dirty = true;
}

/** An ended lease is of no further interest: its number is free again. */
export function endLease(next: State, id: number): void {
  delete next.leases[id];
  for (const row of next.ledger) if (row.lease === id) row.lease = null;
  for (const call of next.calls)
    if (call.lease === id && isOver(call) && call.statement !== "under way") call.lease = null;
}

export function heldByDead(state: State, owner: number): boolean {
  return (
    Object.values(state.leases).some(
      (lease) => lease.owner === owner && lease.epoch !== state.alive[owner],
    ) || state.open.some((row) => row.owner === owner && row.epoch !== state.alive[owner])
  );
}

export function isOver({ state }: Call): boolean {
  return state === "accepted" || state === "settled" || state === "refused" || state === "lost";
}

/** Settled under leases, and not in the counters yet. */
export function unreported(state: State): number {
  const under = state.ledger.filter(({ lease }) => lease !== null && state.leases[lease] !== undefined);
  const reported = Object.values(state.leases).reduce((sum, lease) => sum + lease.reported, 0);
  return under.reduce((sum, { tokens }) => sum + tokens, 0) - reported;
}

/** What calls under way may still take. */
export function inFlight(state: State): number {
  const unopened = state.calls.filter((call) =>
    call.queued ? call.statement === "under way" : call.state === "reserved",
  ).length;
  return (state.open.length + state.queue.length + unopened) * CALL;
}

export function violated(state: State): string | null {
  const billed = state.ledger.reduce((sum, { tokens }) => sum + tokens, 0);
  if (state.used + state.reserved > state.bound) return "used + reserved is above the limit";
  if (billed > state.bound) return "more was billed than the limit has";
  if (state.reserved < 0) return "more was given back than taken";
  const calls = state.ledger.map(({ call }) => call);
  if (new Set(calls).size < calls.length) return "a call was billed twice";
  const held = Object.values(state.leases).map(({ amount }) => amount);
  if (held.some((amount) => amount < 0)) return "a lease holds less than nothing";
  if (held.length === 0 && state.open.length === 0 && state.queue.length === 0) {
    if (state.used !== billed) return "at rest used is not the sum of the ledger";
    if (state.reserved !== 0) return "at rest something is still reserved";
  }
  if (state.used + unreported(state) !== billed) return "used and unreported are not the sum of the ledger";
  const direct = state.open.filter(({ lease }) => lease === null).length + state.queue.length;
  if (state.reserved !== held.reduce((sum, amount) => sum + amount, direct * CALL))
    return "reserved is not what leases, open calls and queued calls hold";
  const beyond = state.quota === null ? 0 : Math.max(0, billed - state.quota);
  if (state.owed !== beyond) return "what is owed is not what is beyond the quota";
  return null;
}
