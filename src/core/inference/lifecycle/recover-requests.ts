import { type Db, MINUTE, SECOND } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { inSpan } from "../../platform/observability/trace";
import type { QueueName } from "../../platform/queue/queue";
import { isRequest } from "../request-row";
import type { RequestQueue } from "../submit/enqueue-request";
import { closedAttempts } from "./attempt-log";
import { endRequest, failExhausted, nothingSpent } from "./end-request";

/** A request committed this long ago and never marked as sent has lost its message. */
const UNSENT_AFTER_MS = 5 * SECOND;
/** A message that has brought no claim for so long after it was due counts as lost; a second one does no harm. */
const RESEND_AFTER_MS = 5 * MINUTE;

export interface RecoveryResult {
  resent: number;
  requeued: number;
  failed: number;
  cancelled: number;
}

/**
 * Repairs what crashes leave behind: requests whose message was never sent or got lost are sent again, leases of dead
 * workers end, and requests without an attempt left end as failed. Any number of workers may run it at once: rows are taken
 * with SKIP LOCKED or changed by conditional statements.
 *
 * The queries name no partition: their partial indexes hold live requests only, and an old one must not be missed.
 */
export async function recoverRequests(
  db: Db,
  queue: RequestQueue,
  { limit, now }: { limit: number; now: Date },
): Promise<RecoveryResult> {
  const { failed, cancelled } = await endAbandoned(db, limit, now);
  const requeued = await requeueAbandoned(db, limit, now);
  const resent = await resendLost(db, queue, limit, now);
  return { resent, requeued, failed, cancelled };
}

async function endAbandoned(db: Db, limit: number, now: Date) {
  const rows = await db.$queryRaw<{ id: string; model: string; cancelled: boolean }[]>`
    SELECT id, model, cancel_requested_at IS NOT NULL AS cancelled FROM inference_requests
    WHERE status = 'processing' AND lease_expires_at <= ${now.toISOString()}::timestamptz
      AND (attempts >= max_attempts OR cancel_requested_at IS NOT NULL)
    ORDER BY lease_expires_at LIMIT ${limit}::int`;
  const ended = { failed: 0, cancelled: 0 };
  // One by one: a statement that settles many would lock several organizations' counters in no fixed order.
  for (const { id, model, cancelled } of rows) {
    if (!cancelled) ended.failed += Number(await failExhausted(db, { requestId: id, model }));
    else ended.cancelled += Number(await cancelAbandoned(db, id, model));
  }
  return ended;
}

function cancelAbandoned(db: Db, requestId: string, model: string): Promise<boolean> {
  return endRequest(db, {
    requestId,
    status: "cancelled",
    when: Prisma.sql`status = 'processing' AND lease_expires_at <= now() AND cancel_requested_at IS NOT NULL`,
    attemptOutcome: "lease_expired",
    amounts: nothingSpent(model, requestId),
  });
}

function requeueAbandoned(db: Db, limit: number, now: Date): Promise<number> {
  return db.$executeRaw`
    UPDATE inference_requests SET
      status = 'queued',
      lease_owner = NULL,
      lease_expires_at = NULL,
      next_attempt_at = least(now(), ${now.toISOString()}::timestamptz),
      enqueued_at = NULL,
      attempt_log = ${closedAttempts("lease_expired")}
    WHERE (id, created_at) IN (
      SELECT id, created_at FROM inference_requests
      WHERE status = 'processing' AND lease_expires_at <= ${now.toISOString()}::timestamptz
        AND attempts < max_attempts AND cancel_requested_at IS NULL
      ORDER BY lease_expires_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)`;
}

/** Sets `enqueued_at` before sending, so that two runs never send the same row; a failed send clears it again. */
async function resendLost(db: Db, queue: RequestQueue, limit: number, now: Date): Promise<number> {
  const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();
  const rows = await db.$queryRaw<{ id: string; queue_name: QueueName; trace_id: string }[]>`
    UPDATE inference_requests SET enqueued_at = now()
    WHERE (id, created_at) IN (
      SELECT id, created_at FROM inference_requests
      WHERE status = 'queued' AND next_attempt_at <= ${now.toISOString()}::timestamptz AND (
        (enqueued_at IS NULL AND (attempts > 0 OR created_at <= ${ago(UNSENT_AFTER_MS)}::timestamptz))
        OR greatest(enqueued_at, next_attempt_at) <= ${ago(RESEND_AFTER_MS)}::timestamptz)
      ORDER BY next_attempt_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)
    RETURNING id, queue_name::text, trace_id`;
  const sent = await Promise.all(
    rows.map(({ id, queue_name: queueName, trace_id }) =>
      inSpan("send inference again", { kind: "producer", parent: trace_id }, () =>
        queue.send(queueName, { requestId: id, traceId: trace_id }),
      ).then(
        () => true,
        async (error: unknown) => {
          log().warn(
            { requestId: id, queue: queueName, err: error },
            "the queue did not take a request; the next run will retry",
          );
          await db.$executeRaw`
            UPDATE inference_requests SET enqueued_at = NULL WHERE ${isRequest(id)} AND status = 'queued'`;
          return false;
        },
      ),
    ),
  );
  return sent.filter(Boolean).length;
}
