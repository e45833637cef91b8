import {
  CALL,
  type Call,
  copy,
  endLease,
  heldByDead,
  inFlight,
  isOver,
  type Lease,
  type Process,
  rowOf,
  type State,
  unreported,
  violated,
} from "./state";

/**
 * The protocol of budget leases as a small machine: one customer's limit in a database, and processes that take blocks of it,
 * reserve and settle calls in memory, and report. `steps` gives every state that may follow, so that a test can visit all of
 * them. A call reserves two tokens and takes one or two.
 */

const BLOCK = 4;

/** Ways in which an implementation could be wrong; each has to be found. */
export type Bug = "no fencing" | "report twice" | "recall ignored" | "return after expiry";

export interface Step {
  name: string;
  next: State;
}

/** Every step that may follow. */
export function steps(state: State, bug?: Bug): Step[] {
  const found: Step[] = [];
  const step = (name: string, change: (next: State) => void) => {
    const next = copy(state);
    change(next);
    next.broken ??= violated(next);
    found.push({ name, next });
  };
  for (const [index, process] of state.processes.entries()) {
    processSteps(state, index, process, step, bug);
  }
  for (const [index, call] of state.calls.entries()) {
    const process = state.processes[call.owner];
    if (process !== undefined && process.state !== "dead") callSteps(state, index, call, process, step, bug);
  }
  if (state.alive.some((_, index) => heldByDead(state, index))) step("recover", recover);
  if (state.changes > 0) {
    step("lower the limit", (next) => {
      next.changes -= 1;
      next.limit -= CALL;
      next.bound = Math.max(next.limit, next.used + next.reserved);
      recallAll(next);
    });
  }
  return found;
}

type AddStep = (name: string, change: (next: State) => void) => void;

function processSteps(state: State, index: number, process: Process, step: AddStep, bug?: Bug): void {
  const own = (next: State) => next.processes[index] as Process;
  const { lease } = process;
  if (process.state !== "dead" && state.crashes > 0)
    step(`${index} crashes`, (next) => {
      next.crashes -= 1;
      own(next).state = "dead";
      for (const call of next.calls) if (call.owner === index && !isOver(call)) call.state = "lost";
    });
  if (process.state === "up" && state.cuts > 0)
    step(`${index} is cut off`, (next) => {
      next.cuts -= 1;
      own(next).state = "cut off";
    });
  if (process.state === "cut off")
    step(`${index} reaches the database again`, (next) => {
      own(next).state = "up";
    });
  if (process.state !== "up" && state.alive[index] === process.epoch)
    step(`${index} expires`, (next) => {
      next.alive[index] = null;
    });
  if (process.state !== "up") return;
  if (state.alive[index] !== process.epoch)
    step(`${index} learns that it was taken for dead`, (next) => {
      own(next).epoch += 1;
      own(next).lease = null;
      own(next).recalled = false;
      next.alive[index] = own(next).epoch;
      for (const call of next.calls)
        if (call.owner === index && (call.state === "reserved" || call.state === "opened"))
          call.state = "lost";
    });
  const fits = state.used + state.reserved + BLOCK <= state.limit;
  if (lease === null && state.alive[index] === process.epoch && fits && !process.recalled)
    step(`${index} is granted a lease`, (next) => {
      let id = 1;
      while (next.leases[id] !== undefined) id += 1;
      next.reserved += BLOCK;
      next.leases[id] = { owner: index, epoch: process.epoch, amount: BLOCK, reported: 0, closing: false };
      own(next).lease = { id, free: BLOCK, spent: 0 };
    });
  if (lease === null) {
    if (process.recalled)
      step(`${index} has nothing to give back`, (next) => {
        own(next).recalled = false;
      });
    return;
  }
  const row = rowOf(state, index, lease.id);
  if (row !== undefined && lease.spent > (bug === "report twice" ? 0 : row.reported))
    step(`${index} reports`, (next) => report(next, rowOf(next, index, lease.id), lease.spent, bug));
  const idle = !state.calls.some((call) => call.lease === lease.id && !isOver(call));
  if (!(bug === "recall ignored") && lease.free > 0 && (process.recalled || idle || row?.closing === true))
    step(`${index} gives back what is free`, (next) => {
      giveBack(next, rowOf(next, index, lease.id), lease.free, bug);
      own(next).recalled = false;
      (own(next).lease as NonNullable<Process["lease"]>).free = 0;
    });
  if (lease.free === 0 && idle && row !== undefined && row.reported === lease.spent)
    step(`${index} ends its lease`, (next) => {
      next.reserved -= row.amount;
      endLease(next, lease.id);
      own(next).lease = null;
      own(next).recalled = false;
    });
}

function callSteps(
  state: State,
  index: number,
  call: Call,
  process: Process,
  step: AddStep,
  bug?: Bug,
): void {
  const own = (next: State) => next.calls[index] as Call;
  const { lease } = process;
  const closing = lease === null || rowOf(state, call.owner, lease.id)?.closing === true || process.recalled;
  if (call.state === "waiting" && lease !== null && !closing && lease.free >= CALL)
    step(`call ${index} is reserved in memory`, (next) => {
      own(next).state = "reserved";
      own(next).lease = lease.id;
      ((next.processes[call.owner] as Process).lease as NonNullable<Process["lease"]>).free -= CALL;
    });
  if (process.state !== "up") return;
  const fenced = (next: State) => bug !== "no fencing" && next.alive[call.owner] !== process.epoch;
  if (call.state === "reserved")
    step(`call ${index} is opened`, (next) => {
      if (fenced(next)) {
        own(next).state = "lost";
        return;
      }
      own(next).state = "opened";
      next.open.push({ call: index, owner: call.owner, epoch: process.epoch, lease: call.lease });
    });
  if (call.state === "waiting" && (lease === null || lease.free < CALL || closing))
    openDirectly(state, index, step, fenced, bug);
  if (call.state === "opened")
    for (const tokens of [1, CALL])
      step(`call ${index} is settled with ${tokens}`, (next) =>
        settle(next, index, tokens, fenced(next), bug),
      );
}

/** Where it does not fit, what leases hold for nobody is recalled; where that would not help, the refusal is final. */
function openDirectly(
  state: State,
  index: number,
  step: AddStep,
  fenced: (next: State) => boolean,
  bug?: Bug,
): void {
  const call = state.calls[index] as Call;
  if (state.used + state.reserved + CALL <= state.limit) {
    step(`call ${index} is opened directly`, (next) => {
      if (fenced(next)) return;
      const { epoch } = next.processes[call.owner] as Process;
      next.reserved += CALL;
      next.open.push({ call: index, owner: call.owner, epoch, lease: null });
      (next.calls[index] as Call).state = "opened";
    });
    return;
  }
  // What leases hold beyond their open calls may come back: where the call would fit then, it is waited for. The living are told,
  // and what a dead process has not given back returns when it has expired.
  const openUnder = (id: string) => state.open.filter(({ lease }) => lease === Number(id)).length * CALL;
  const comingBack = Object.entries(state.leases).reduce(
    (sum, [id, lease]) => sum + lease.amount - openUnder(id),
    0,
  );
  if (bug !== "recall ignored" && state.used + state.reserved - comingBack + CALL <= state.limit) {
    if (Object.values(state.leases).some(({ owner, epoch }) => isUnaware(state, owner, epoch)))
      step(`call ${index} recalls the leases of others`, recallAll);
    return;
  }
  step(`call ${index} is refused`, (next) => {
    (next.calls[index] as Call).state = "refused";
    if (next.used + unreported(next) + inFlight(next) + CALL <= next.limit)
      next.broken = "a call that fits was refused";
  });
}

function isUnaware(state: State, owner: number, epoch: number): boolean {
  const process = state.processes[owner];
  return process !== undefined && process.epoch === epoch && process.state === "up" && !process.recalled;
}

function settle(next: State, index: number, tokens: number, fenced: boolean, bug?: Bug): void {
  const call = next.calls[index] as Call;
  const row = next.open.find((open) => open.call === index);
  // Somebody else has closed it: nothing is billed, and the caller is told.
  if (bug !== "no fencing" && (fenced || row === undefined)) {
    call.state = "lost";
    return;
  }
  call.state = "settled";
  next.open = next.open.filter((open) => open.call !== index);
  next.ledger.push({ call: index, lease: call.lease, tokens });
  if (call.lease === null) {
    next.reserved -= CALL;
    next.used += tokens;
    return;
  }
  const held = (next.processes[call.owner] as Process).lease;
  if (held === null) return;
  held.spent += tokens;
  held.free += CALL - tokens;
}

/** Reports say the sum since the lease began, so that one that is sent again changes nothing. */
function report(next: State, lease: Lease | undefined, spent: number, bug?: Bug): void {
  if (lease === undefined) return;
  const more = bug === "report twice" ? spent : spent - lease.reported;
  next.used += more;
  next.reserved -= more;
  lease.amount -= more;
  lease.reported = spent;
}

function giveBack(next: State, lease: Lease | undefined, free: number, bug?: Bug): void {
  if (lease === undefined && bug !== "return after expiry") return;
  next.reserved -= free;
  if (lease === undefined) return;
  lease.amount -= free;
  lease.closing = true;
}

function recallAll(next: State): void {
  for (const lease of Object.values(next.leases)) {
    const process = next.processes[lease.owner];
    if (process !== undefined && process.epoch === lease.epoch) process.recalled = true;
  }
}

/** Closes the calls of expired processes unbilled; what their leases have spent is the sum of the ledger's rows. */
function recover(next: State): void {
  const dead = (owner: number, epoch: number) => next.alive[owner] !== epoch;
  for (const row of next.open.filter(({ owner, epoch }) => dead(owner, epoch))) {
    if (row.lease === null) next.reserved -= CALL;
    next.open = next.open.filter((open) => open !== row);
  }
  for (const [id, lease] of Object.entries(next.leases)) {
    if (!dead(lease.owner, lease.epoch)) continue;
    const spent = next.ledger.reduce((sum, row) => sum + (row.lease === Number(id) ? row.tokens : 0), 0);
    next.used += spent - lease.reported;
    next.reserved -= lease.amount;
    endLease(next, Number(id));
  }
}
