import { accept, hearSteps } from "./queued-calls";
import { reportSteps } from "./reports";
import {
  type AddStep,
  BLOCK,
  type Bug,
  CALL,
  type Call,
  closeLease,
  copy,
  endLease,
  heldByDead,
  inFlight,
  isOver,
  type Process,
  rowOf,
  type State,
  unreported,
  use,
  violated,
} from "./state";

/**
 * The protocol of budget leases as a small machine: one customer's limit in a database, and processes that take blocks of it,
 * reserve and settle calls in memory, and report; a report arrives some time after it was made. Queued calls take their reservation
 * out of the lease with the commit that accepts them, of which their process may hear later, or never. `steps` gives every state
 * that may follow, so that a test can visit all of them. A call reserves two tokens and takes one or two.
 */

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
    // A statement once sent may be committed even if the process dies.
    if (call.statement === "under way")
      step(`the acceptance of call ${index} reaches the database`, (next) => accept(next, index, bug));
  }
  for (const index of state.queue)
    for (const tokens of [1, CALL])
      step(`queued call ${index} ends with ${tokens}`, (next) => {
        next.queue = next.queue.filter((queued) => queued !== index);
        next.ledger.push({ call: index, lease: null, tokens });
        next.reserved -= CALL;
        use(next, tokens);
      });
  if (state.alive.some((_, index) => heldByDead(state, index))) step("recover", (next) => recover(next, bug));
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
  if (process.report !== null) reportSteps(index, process.report, process, step, bug);
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
      own(next).report = null;
      next.alive[index] = own(next).epoch;
      for (const call of next.calls)
        if (call.owner === index && !call.queued && (call.state === "reserved" || call.state === "opened"))
          call.state = "lost";
    });
  const fits = state.used + state.reserved + BLOCK <= state.limit;
  if (lease === null && state.alive[index] === process.epoch && fits && !process.recalled)
    step(`${index} is granted a lease`, (next) => {
      let id = 1;
      while (next.leases[id] !== undefined || next.calls.some(({ lease }) => lease === id)) id += 1;
      next.reserved += BLOCK;
      next.leases[id] = { owner: index, epoch: process.epoch, amount: BLOCK, reported: 0, moved: 0 };
      own(next).lease = { id, free: BLOCK, spent: 0, moved: 0, closing: false, dirty: false };
    });
  if (lease === null) {
    if (process.recalled)
      step(`${index} has nothing to give back`, (next) => {
        own(next).recalled = false;
      });
    return;
  }
  const ownCalls = state.calls.filter((call) => call.owner === index && call.lease === lease.id);
  const idle = ownCalls.every(isOver);
  if (!lease.closing && ((process.recalled && bug !== "recall ignored") || idle))
    step(`${index} closes its lease`, (next) => {
      own(next).recalled = false;
      closeLease(own(next));
    });
  if (lease.dirty && process.report === null && rowOf(state, index, lease.id) !== undefined)
    step(`${index} makes a report`, (next) => {
      own(next).report = {
        lease: lease.id,
        epoch: process.epoch,
        spent: lease.spent,
        kept:
          lease.free +
          ownCalls.filter(holds).length * CALL +
          (bug === "report without what was moved" ? 0 : lease.moved),
        ended: lease.closing && ownCalls.every((call) => isOver(call) || call.state === "doubtful"),
      };
      (own(next).lease as NonNullable<Process["lease"]>).dirty = false;
    });
}

/** What its process counts of a lease for this call. */
function holds({ state }: Call): boolean {
  return state === "reserved" || state === "opened" || state === "doubtful";
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
  const closing = lease === null || lease.closing || process.recalled;
  const mayLease = call.queued || state.quota === null || bug === "calls leased beyond the quota";
  if (call.state === "waiting" && mayLease && lease !== null && !closing && lease.free >= CALL)
    step(`call ${index} is reserved in memory`, (next) => {
      own(next).state = "reserved";
      own(next).lease = lease.id;
      ((next.processes[call.owner] as Process).lease as NonNullable<Process["lease"]>).free -= CALL;
    });
  if (call.queued && call.state === "reserved") hearSteps(index, call, process, step, bug);
  if (process.state !== "up") return;
  const fenced = (next: State) => bug !== "no fencing" && next.alive[call.owner] !== process.epoch;
  if (call.state === "reserved" && call.queued && call.statement === "none")
    step(`the acceptance of call ${index} is sent`, (next) => {
      own(next).statement = "under way";
    });
  if (call.state === "reserved" && !call.queued)
    step(`call ${index} is opened`, (next) => {
      if (fenced(next)) {
        own(next).state = "lost";
        return;
      }
      own(next).state = "opened";
      next.open.push({ call: index, owner: call.owner, epoch: process.epoch, lease: call.lease });
    });
  if (
    call.state === "unleased" ||
    (call.state === "waiting" && (!mayLease || lease === null || lease.free < CALL || closing))
  )
    openDirectly(state, index, step, bug);
  if (call.state === "opened")
    for (const tokens of [1, CALL])
      step(`call ${index} is settled with ${tokens}`, (next) =>
        settle(next, index, tokens, fenced(next), bug),
      );
}

/** Where it does not fit, what leases hold for nobody is recalled; where that would not help, the refusal is final. */
function openDirectly(state: State, index: number, step: AddStep, bug?: Bug): void {
  const call = state.calls[index] as Call;
  const process = state.processes[call.owner] as Process;
  if (state.used + state.reserved + CALL <= state.limit) {
    if (!call.queued && bug !== "no fencing" && state.alive[call.owner] !== process.epoch) return;
    step(`call ${index} is opened directly`, (next) => {
      next.reserved += CALL;
      if (call.queued) {
        next.queue.push(index);
        (next.calls[index] as Call).state = "accepted";
        return;
      }
      const { epoch } = next.processes[call.owner] as Process;
      next.open.push({ call: index, owner: call.owner, epoch, lease: null });
      (next.calls[index] as Call).state = "opened";
    });
    return;
  }
  // Leases may give back what their open calls do not need: if the call would fit then, it waits. Living processes are recalled,
  // and the leases of a dead process return once it has expired.
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
    use(next, tokens);
    return;
  }
  const held = (next.processes[call.owner] as Process).lease;
  if (held === null || held.id !== call.lease) return;
  held.spent += tokens;
  if (!held.closing) held.free += CALL - tokens;
  held.dirty = true;
}

function recallAll(next: State): void {
  for (const lease of Object.values(next.leases)) {
    const process = next.processes[lease.owner];
    if (process !== undefined && process.epoch === lease.epoch) process.recalled = true;
  }
}

/** Closes the calls of expired processes unbilled; what their leases have spent is the sum of the ledger's rows. */
function recover(next: State, bug?: Bug): void {
  const dead = (owner: number, epoch: number) => next.alive[owner] !== epoch;
  for (const row of next.open.filter(({ owner, epoch }) => dead(owner, epoch))) {
    if (row.lease === null) next.reserved -= CALL;
    next.open = next.open.filter((open) => open !== row);
  }
  for (const [id, lease] of Object.entries(next.leases)) {
    if (!dead(lease.owner, lease.epoch)) continue;
    const spent = next.ledger.reduce((sum, row) => sum + (row.lease === Number(id) ? row.tokens : 0), 0);
    next.used += spent - lease.reported;
    next.reserved -= lease.amount + (bug === "moved given back with a dead lease" ? lease.moved : 0);
    endLease(next, Number(id));
  }
}
