import type { ServerResponse } from "node:http";
import { SECOND } from "@agathaai/core/platform";

/** A reader that takes nothing for so long is gone, though its connection stands. */
export const STALLED_AFTER_MS = 120 * SECOND;
/** The system's own buffers hold what is shorter, whoever reads. */
const LONG = 256 * 1024;

/** Ends an answer, which waits in memory until it is read, but not for a reader who has stopped. */
export function endResponse(
  outgoing: ServerResponse,
  text: string,
  { stalledAfterMs = STALLED_AFTER_MS }: { stalledAfterMs?: number } = {},
): void {
  outgoing.end(text);
  closeIfStalled(outgoing, stalledAfterMs);
}

/** Of an answer whose last byte has been written: Node counts while nothing is taken of it, then closes the connection. */
export function closeIfStalled(outgoing: ServerResponse, stalledAfterMs = STALLED_AFTER_MS): void {
  if (outgoing.writableLength > LONG) outgoing.setTimeout(stalledAfterMs);
}
