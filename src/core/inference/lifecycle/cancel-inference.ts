import { AppError, type Db } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { getInference } from "../history/get-inference";
import { requestNotFound } from "../history/views";
import { isReachable, type RequestKey, reachable } from "../request-row";
import { isTerminal, type StatusView } from "../schemas";
import { endRequest, nothingSpent } from "./end-request";
import { waitForEnd } from "./watch-requests";

/** No worker holds it: still queued, or left by a worker that died. */
const unattended = Prisma.sql`(status = 'queued' OR (status = 'processing' AND lease_expires_at <= now()))`;

/** How long the response waits for a worker to stop its call: about three of its polls. */
const WAIT_MS = 1_000;

/**
 * Cancels a request. One that no worker holds ends at once; for a running one the cancellation is recorded, and its worker
 * stops the provider's call within a second. Only if that worker cannot be reached is the status still `processing`.
 * Nothing was delivered, so nothing is billed. Safe to repeat.
 *
 * @throws AppError `not_found`; `request_not_cancellable` once it has completed or failed.
 */
export async function cancelInference(
  db: Db,
  key: RequestKey,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<StatusView> {
  // The state can change between the two statements; each round either ends the request or sees a newer state.
  for (let round = 0; round < 5; round++) {
    const row = await db.inferenceRequest.findFirst({
      where: reachable(key),
      select: { status: true, model: true },
    });
    if (row === null) throw requestNotFound();
    if (row.status === "completed" || row.status === "failed") throw notCancellable(row.status);
    if (isTerminal(row.status) || (await cancelNow(db, key, row.model))) break;
    if (!(await requestCancellation(db, key))) continue;
    await waitForEnd(db, { requestId: key.requestId, timeoutMs: WAIT_MS, signal });
    break;
  }
  return getInference(db, key);
}

function cancelNow(db: Db, key: RequestKey, model: string): Promise<boolean> {
  return endRequest(db, {
    requestId: key.requestId,
    status: "cancelled",
    when: Prisma.sql`${isReachable(key)} AND ${unattended}`,
    attemptOutcome: "cancelled",
    set: Prisma.sql`, cancel_requested_at = coalesce(cancel_requested_at, now())`,
    amounts: nothingSpent(model, key.requestId),
  });
}

async function requestCancellation(db: Db, key: RequestKey): Promise<boolean> {
  const recorded = await db.$executeRaw`
    UPDATE inference_requests SET cancel_requested_at = coalesce(cancel_requested_at, now())
    WHERE ${isReachable(key)} AND status = 'processing' AND lease_expires_at > now()`;
  return recorded > 0;
}

function notCancellable(status: "completed" | "failed"): AppError {
  return new AppError("request_not_cancellable", {
    public: `This request has already ${status}, so it cannot be canceled.`,
    param: "id",
  });
}
