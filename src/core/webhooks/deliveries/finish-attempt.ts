import { DAY, type Db } from "../../platform";
import { Gather } from "../../platform/concurrency/batching/gather";
import { Prisma } from "../../platform/db/client";
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

type Claim = Pick<ClaimedDelivery, "id" | "endpointId" | "attempt">;

interface Success {
  claim: Claim;
  attempt: Attempt;
}

/**
 * Records attempts and their results: delivered, a retry later, or given up. A 410 disables the endpoint at once
 * (Standard Webhooks); so does giving up a delivery to an endpoint that has failed for three days. `lost`: another
 * process has claimed the delivery since, and its attempt decides. Successes that end while others are being recorded
 * share the next statement, because a backlog must not take the database from the calls of customers.
 */
export class AttemptRecords {
  readonly #successes: Gather<Success, AttemptResult>;

  constructor(private readonly db: Db) {
    this.#successes = new Gather((successes) => delivered(db, successes), { maxSize: 64, maxRunning: 1 });
  }

  finish(claim: Claim, { durationMs, response, ...rest }: Attempt): Promise<AttemptResult> {
    const attempt = {
      ...rest,
      durationMs: Math.round(durationMs),
      response: response === null ? null : storable(response),
    };
    return attempt.error === null ? this.#successes.add({ claim, attempt }) : failed(this.db, claim, attempt);
  }
}

async function delivered(db: Db, successes: readonly Success[]): Promise<AttemptResult[]> {
  const ended = successes.map(({ claim: { id, attempt: number }, attempt }) => ({
    id,
    number,
    at: attempt.at,
    duration_ms: attempt.durationMs,
    status: attempt.status,
    response: attempt.response,
  }));
  const rows = await db.$queryRaw<{ id: string; number: number }[]>(deliveredSql(ended));
  const done = new Map(rows.map(({ id, number }) => [id, number]));
  return ended.map(({ id, number }) => (done.get(id) === number ? "delivered" : "lost"));
}

export interface EndedAttempt {
  id: string;
  number: number;
  at: Date;
  duration_ms: number;
  status: number | null;
  response: string | null;
}

/**
 * Each is looked up by its id, however many are pending: by the join alone PostgreSQL reads a backlog whole that its statistics do not
 * show yet, and by `status = 'pending'` the whole index of what is due.
 */
export function deliveredSql(ended: readonly EndedAttempt[]): Prisma.Sql {
  const ids = ended.map(({ id }) => id);
  return Prisma.sql`
    WITH ended AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(ended)}::jsonb)
        AS e(id uuid, number int, at timestamptz, duration_ms int, status int, response text)
    ),
    done AS (
      UPDATE webhook_deliveries d SET
        status = 'delivered', delivered_at = e.at, last_status = e.status, last_error = NULL
      FROM ended e
      WHERE d.id = ANY (${ids}::uuid[]) AND d.id = e.id AND d.status IS NOT DISTINCT FROM 'pending' AND d.attempts = e.number
      RETURNING d.id, d.endpoint_id, e.number
    ),
    tried AS (
      INSERT INTO webhook_attempts (delivery_id, number, at, duration_ms, status, response)
      SELECT id, number, at, duration_ms, status, response FROM ended JOIN done USING (id, number)
    ),
    healed AS (
      UPDATE webhook_endpoints SET failing_since = NULL
      WHERE failing_since IS NOT NULL AND id IN (SELECT endpoint_id FROM done)
    )
    SELECT id, number FROM done`;
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
