import { singleton } from "../platform/concurrency/singleton";
import { db } from "../platform/db/client";
import { pulse } from "../platform/db/pulse";
import { env } from "../platform/env";
import { Admission } from "./admission";
import type { CallToReserve, QueuedHold } from "./calls/call";

/** One per process. */
const running = singleton(
  "admission",
  () => new Admission(db(), { url: env().DATABASE_URL, pulse: pulse() }),
);

export function admission(): Admission {
  return running();
}

export type ReserveQueued = (request: CallToReserve) => QueuedHold | undefined;

/** As `Admission.reserveQueued`, where this process admits calls. */
export const reserveQueued: ReserveQueued = (request) => running.peek()?.reserveQueued(request);

/** Settles the calls under way, if any call was ever admitted here. */
export async function closeAdmission(): Promise<void> {
  await running.clear()?.close();
}
