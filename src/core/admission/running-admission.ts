import { singleton } from "../platform/concurrency/singleton";
import { db } from "../platform/db/client";
import { pulse } from "../platform/db/pulse";
import { env } from "../platform/env";
import { Admission } from "./admission";
import type { Allowance, CallToReserve, QueuedHold } from "./calls/call";
import { type Counted, countHeldRequest, countRequest } from "./take-request";

/** One per process. */
const running = singleton(
  "admission",
  () => new Admission(db(), { url: env().DATABASE_URL, pulse: pulse() }),
);

export function admission(): Admission {
  return running();
}

/**
 * Counts a request before anything of it is kept; `admit` is then told.
 * @throws AppError `rate_limit_exceeded`, with its allowance; `service_unavailable`.
 */
export async function countFirst(call: Counted): Promise<Allowance["requests"]> {
  await admission().start();
  return countHeldRequest(call) ?? (await countRequest(db(), call, pulse()));
}

export type ReserveQueued = (request: CallToReserve) => QueuedHold | undefined;

/** As `Admission.reserveQueued`, where this process admits calls. */
export const reserveQueued: ReserveQueued = (request) => running.peek()?.reserveQueued(request);

/** Settles the calls under way, if any call was ever admitted here. */
export async function closeAdmission(): Promise<void> {
  await running.clear()?.close();
}
