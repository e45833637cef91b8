import {
  type AddStep,
  type Bug,
  CALL,
  type Call,
  closeLease,
  isOver,
  type Process,
  type State,
} from "./state";

/** The commit that accepts a queued call takes its reservation out of the lease. */
export function accept(next: State, index: number, bug?: Bug): void {
  const call = next.calls[index] as Call;
  const lease = call.lease === null ? undefined : next.leases[call.lease];
  const isOwn = lease?.owner === call.owner;
  if (!isOwn && bug !== "acceptance without its lease") {
    call.statement = "found no lease";
    if (isOver(call)) call.lease = null;
    return;
  }
  call.statement = "committed";
  next.queue.push(index);
  if (isOwn) {
    lease.amount -= CALL;
    lease.moved += CALL;
  }
  if (isOver(call)) call.lease = null;
}

/** The outcome that a process sees of its statement: its end, or a broken connection. */
export function hearSteps(index: number, call: Call, process: Process, step: AddStep, bug?: Bug): void {
  const own = (next: State) => next.calls[index] as Call;
  const held = (next: State) => {
    const { lease } = next.processes[call.owner] as Process;
    return lease?.id === call.lease ? lease : null;
  };
  if (process.state === "up" && call.statement === "committed")
    step(`${call.owner} hears that call ${index} was accepted`, (next) => {
      own(next).state = "accepted";
      const lease = held(next);
      if (lease !== null) {
        lease.moved += CALL;
        if (lease.closing) lease.dirty = true;
      }
      own(next).lease = null;
    });
  if (process.state === "up" && call.statement === "found no lease")
    step(`${call.owner} hears that call ${index} found no lease`, (next) => {
      own(next).state = "unleased";
      own(next).statement = "none";
      own(next).lease = null;
    });
  if (process.state === "cut off" && call.statement !== "none")
    step(`${call.owner} does not hear of call ${index}`, (next) => {
      own(next).state = "doubtful";
      const owner = next.processes[call.owner] as Process;
      const lease = held(next);
      if (lease === null) return;
      if (bug === "doubtful acceptance given back") {
        own(next).state = "lost";
        lease.free += CALL;
      } else closeLease(owner);
    });
}
