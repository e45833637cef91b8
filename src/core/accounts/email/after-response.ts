import { AppError } from "../../platform/errors";
import { InFlight } from "../../platform/in-flight";
import { log } from "../../platform/observability/log";
import { singleton } from "../../platform/singleton";

const MAX_RUNNING = 1_000;

/** One a process: the server that stops waits for the work of the pages too. */
const running = singleton("work after answers", () => new InFlight());

/**
 * Work that must neither delay nor fail the answer: sending a mail, or finding out whether an address is known at all
 * (so that its time tells nothing). A failure is logged; each such mail can be asked for again.
 */
export function afterResponse(what: string, work: () => Promise<void>): void {
  if (running().size >= MAX_RUNNING) {
    log().error({ what }, "dropped: too much work is waiting behind slow mail");
    return;
  }
  running().add(
    work().catch((error: unknown) => {
      log().error({ what, reason: reasonOf(error) }, "work after an answer failed");
    }),
  );
}

/** Waits for all mail under way: before a process ends, and in tests. */
export async function drainAfterResponse(): Promise<void> {
  await running().settle();
}

/** Mail servers quote the address in their refusals: only the kind of failure is logged, never its text. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : typeof error;
}
