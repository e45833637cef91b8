import { DAY, type Db } from "../../platform";
import { giveUpPending } from "../endpoints/change-endpoint";
import type { ClaimedDelivery } from "./claim-deliveries";
import { pauseAfter } from "./retry-schedule";

/** An endpoint that has failed for so long is disabled when a delivery to it is given up. */
const FAILING_FOR_MS = 3 * DAY;
const RESPONSE_CHARACTERS = 1_000;

/** The outcome of one attempt. */
export interface Attempt {
  at: Date;
  durationMs: number;
  /** Null where there was no response. */
  status: number | null;
  /** Why it failed, as shown to the customer; null for a success. */
  error: string | null;
  /** The beginning of the response's body. */
  response: string | null;
}

export type AttemptResult = "delivered" | "retried" | "given_up" | "disabled" | "lost";

/**
 * Records an attempt and its result: delivered, a retry later, or given up. A 410 disables the endpoint at once
 * (Standard Webhooks); so does giving up a delivery to an endpoint that has failed for three days. `lost`: another
 * process has claimed the delivery since, and its attempt decides.
 */
export async function finishAttempt(db: Db, claimed: Claim, attempt: Attempt): Promise<AttemptResult> {
  const row = {
    ...attempt,
    durationMs: Math.round(attempt.durationMs),
    response: attempt.response === null ? null : storable(attempt.response),
  };
  return row.error === null ? await delivered(db, claimed, row) : await failed(db, claimed, row);
}

type Claim = Pick<ClaimedDelivery, "id" | "endpointId" | "attempt">;

/** The usual case, in one statement. */
async function delivered(
  db: Db,
  { id, endpointId, attempt: number }: Claim,
  attempt: Attempt,
): Promise<AttemptResult> {
  const at = attempt.at.toISOString();
  const rows = await db.$queryRaw<unknown[]>`
    WITH done AS (
      UPDATE webhook_deliveries SET
        status = 'delivered', delivered_at = ${at}::timestamptz, last_status = ${attempt.status}::int, last_error = NULL
      WHERE id = ${id}::uuid AND status = 'pending' AND attempts = ${number}::int
      RETURNING id
    ),
    tried AS (
      INSERT INTO webhook_attempts (delivery_id, number, at, duration_ms, status, response)
      SELECT id, ${number}::int, ${at}::timestamptz, ${attempt.durationMs}::int, ${attempt.status}::int, ${attempt.response}
      FROM done
    ),
    healed AS (
      UPDATE webhook_endpoints SET failing_since = NULL
      WHERE id = ${endpointId}::uuid AND failing_since IS NOT NULL AND EXISTS (SELECT FROM done)
    )
    SELECT 1 AS one FROM done`;
  return rows.length === 0 ? "lost" : "delivered";
}

async function failed(
  db: Db,
  { id, endpointId, attempt: number }: Claim,
  attempt: Attempt,
): Promise<AttemptResult> {
  const { at, status, error } = attempt;
  return await db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ retries: number }[]>`
      SELECT retries FROM webhook_deliveries
      WHERE id = ${id}::uuid AND status = 'pending' AND attempts = ${number}::int FOR UPDATE`;
    // Gone with its endpoint, or claimed by another process.
    if (rows[0] === undefined) return "lost";
    const retries = rows[0].retries + 1;
    const pause = status === 410 ? undefined : pauseAfter(retries);
    await tx.webhookAttempt.create({ data: { deliveryId: id, number, ...attempt } });
    await tx.webhookDelivery.update({
      where: { id },
      data: {
        lastStatus: status,
        lastError: error,
        retries,
        ...(pause === undefined
          ? { status: "failed" }
          : { nextAttemptAt: new Date(at.getTime() + attempt.durationMs + pause) }),
      },
    });
    await tx.webhookEndpoint.updateMany({
      where: { id: endpointId, failingSince: null },
      data: { failingSince: at },
    });
    if (pause !== undefined) return "retried";
    const gone = status === 410;
    const { count } = await tx.webhookEndpoint.updateMany({
      where: {
        id: endpointId,
        disabledAt: null,
        ...(gone ? {} : { failingSince: { lte: new Date(at.getTime() - FAILING_FOR_MS) } }),
      },
      data: { disabledAt: at, disabledBecause: gone ? "gone" : "failing", updatedAt: at },
    });
    if (count === 0) return "given_up";
    await giveUpPending(tx, endpointId, "endpoint disabled");
    return "disabled";
  });
}

/** Replaces characters that PostgreSQL refuses in text. */
function storable(text: string): string {
  return text.slice(0, RESPONSE_CHARACTERS).replaceAll("\u0000", " ").toWellFormed();
}
