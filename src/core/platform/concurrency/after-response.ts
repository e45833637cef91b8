import { AppError } from "../errors";
import { log } from "../observability/log";
import { InFlight } from "./in-flight";
import { singleton } from "./singleton";

const MAX_RUNNING = 1_000;

/** One per process, so that shutdown also waits for the work of the portal's pages. */
const running = singleton("work after answers", () => new InFlight());

/**
 * Runs work that must neither delay nor fail the response: sending an email, or looking up whether an email address has an
 * account (so that the response time reveals nothing). Failures are logged.
 */
export function afterResponse(what: string, work: () => Promise<void>): void {
  if (running().size >= MAX_RUNNING) {
    log().error({ what }, "dropped: too much work is waiting behind slow email");
    return;
  }
  running().add(
    work().catch((error: unknown) => {
      log().error({ what, reason: reasonOf(error) }, "work after an answer failed");
    }),
  );
}

/** Waits for all work in progress: before the process ends, and in tests. */
export async function drainAfterResponse(): Promise<void> {
  await running().settle();
}

/** Mail servers quote the email address in their errors: only the kind of failure is logged, never its text. */
function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : typeof error;
}
