import { type Db, Prisma } from "../../platform/db/client";
import { endRequest, nothingSpent } from "./end-request";

/**
 * Ends a request that no worker holds and that has no attempt left: each was started and none came to an end, so the
 * cause is ours and the customer pays nothing.
 */
export function failExhausted(
  db: Db,
  { requestId, model }: { requestId: string; model: string },
): Promise<boolean> {
  return endRequest(db, {
    requestId,
    status: "failed",
    when: Prisma.sql`attempts >= max_attempts AND (
      status = 'queued' OR (status = 'processing' AND lease_expires_at <= now()))`,
    attemptOutcome: "lease_expired",
    error: {
      code: "provider_unavailable",
      message:
        "Every attempt to answer this request was cut off before it ended. It was not billed. Send it again; " +
        "if that fails too, try another model or quote this request's id to support.",
    },
    amounts: nothingSpent(model, requestId),
  });
}
