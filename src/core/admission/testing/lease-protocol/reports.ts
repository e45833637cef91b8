import { type AddStep, BLOCK, type Bug, endLease, type Process, type SentReport, type State } from "./state";

/** Reports say sums since the lease began, so that one that is sent again changes nothing; the row knows what was moved out of it. */
function arrive(
  next: State,
  index: number,
  { lease: id, epoch, spent, kept, ended }: SentReport,
  bug?: Bug,
): void {
  const lease = next.leases[id];
  if (lease === undefined || lease.owner !== index || lease.epoch !== epoch) {
    if (bug === "return after expiry") next.reserved -= BLOCK - spent - kept;
    return;
  }
  const held = ended ? 0 : kept - (bug === "report without what was moved" ? 0 : lease.moved);
  next.used += bug === "report twice" ? spent : spent - lease.reported;
  next.reserved -= lease.amount - held;
  lease.amount = held;
  lease.reported = spent;
  if (ended) endLease(next, id);
}

/** A sent report arrives with its answer, or not at all. */
export function reportSteps(
  index: number,
  report: SentReport,
  process: Process,
  step: AddStep,
  bug?: Bug,
): void {
  const own = (next: State) => next.processes[index] as Process;
  const again = (next: State) => {
    own(next).report = null;
    const { lease } = own(next);
    if (lease?.id === report.lease) lease.dirty = true;
  };
  step(`the report of ${index} arrives`, (next) => {
    arrive(next, index, report, bug);
    if (process.state !== "up") return again(next);
    own(next).report = null;
    if (own(next).lease?.id !== report.lease) return;
    if (report.ended) {
      own(next).lease = null;
      own(next).recalled = false;
    }
  });
  if (process.state !== "up") step(`the report of ${index} is lost`, again);
}
