import { orgSubject } from "../../orgs";
import { type Environment, SECOND } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { decryptText, type KeySource } from "../../privacy";
import { secretField } from "../endpoints/secret";
import { bodyOf } from "./delivery-body";

/** Longer than an attempt can take: after it the worker that claimed a delivery counts as dead. */
export const CLAIM_MS = 60 * SECOND;
/** Concurrent sends to one endpoint, and to one that fails: a failing endpoint must not slow down the others. */
const AT_ONCE = 8;
const AT_ONCE_WHILE_FAILING = 1;

/** As the column rounds it. What was written a moment ago may say up to half a millisecond later than the clock. */
const thisMillisecond = Prisma.sql`now()::timestamptz(3)`;

/** One attempt to make. */
export interface ClaimedDelivery {
  id: string;
  endpointId: string;
  orgId: string;
  url: string;
  /** The number of this attempt; a later claim has a higher one. */
  attempt: number;
  /** The event's id, as `webhook-id`. */
  eventId: string;
  body: string;
  /** The newest first. Two while one replaces the other. */
  secrets: readonly string[];
}

interface ClaimedRow {
  id: string;
  endpoint_id: string;
  org_id: string;
  event_id: string;
  event: string;
  payload: unknown;
  created_at: Date;
  attempts: number;
  url: string;
  environment: Environment;
  secret_cipher: Uint8Array;
  previous_secret_cipher: Uint8Array | null;
}

/**
 * Takes up to `limit` deliveries that are due, a few of each endpoint but those of `except`, for this process alone.
 * The claim of a process that dies expires, and the delivery is sent again with the same `webhook-id`.
 */
export async function claimDeliveries(
  db: KeySource,
  { limit, except = [], now }: { limit: number; except?: readonly string[]; now?: Date },
): Promise<ClaimedDelivery[]> {
  const at = now === undefined ? thisMillisecond : Prisma.sql`${now.toISOString()}::timestamptz`;
  const rows = await db.$queryRaw<ClaimedRow[]>`
    WITH due AS MATERIALIZED (
      SELECT d.id
      FROM (SELECT id, failing_since FROM webhook_endpoints
        WHERE disabled_at IS NULL AND id <> ALL (${[...except]}::uuid[]) AND ${orgIsActive} ORDER BY random()) e
      CROSS JOIN LATERAL (
        SELECT id FROM webhook_deliveries
        WHERE endpoint_id = e.id AND status = 'pending' AND next_attempt_at <= ${at}
        ORDER BY next_attempt_at
        LIMIT CASE WHEN e.failing_since IS NULL THEN ${AT_ONCE}::int ELSE ${AT_ONCE_WHILE_FAILING}::int END
        FOR UPDATE SKIP LOCKED
      ) d
      LIMIT ${limit}::int
    )
    UPDATE webhook_deliveries d SET
      attempts = d.attempts + 1,
      next_attempt_at = ${at} + ${CLAIM_MS}::int * interval '1 millisecond'
    FROM due, webhook_endpoints e
    WHERE d.id = due.id AND e.id = d.endpoint_id
    RETURNING d.id, d.endpoint_id, d.org_id, d.event_id, d.event, d.payload, d.created_at, d.attempts, e.url, e.environment,
      e.secret_cipher,
      CASE WHEN e.previous_secret_until > ${at} THEN e.previous_secret_cipher END AS previous_secret_cipher`;
  const claimed = await Promise.all(rows.map((row) => readable(db, row)));
  return claimed.filter((delivery) => delivery !== undefined);
}

/** The events of a suspended organization, or of one whose members are all suspended, wait until it is reinstated. */
export const orgIsActive = Prisma.sql`EXISTS (
  SELECT FROM organizations o JOIN memberships m ON m.org_id = o.id JOIN users u ON u.id = m.user_id
  WHERE o.id = webhook_endpoints.org_id AND o.suspended_at IS NULL AND u.suspended_at IS NULL)`;

/** Undefined when the organization's data key cannot be loaded: the claim expires, and the next one tries again. */
async function readable(db: KeySource, row: ClaimedRow): Promise<ClaimedDelivery | undefined> {
  const { id, endpoint_id: endpointId, org_id: orgId, event_id: eventId, attempts: attempt, url } = row;
  try {
    const blobs = [row.secret_cipher, row.previous_secret_cipher].filter((blob) => blob !== null);
    const secrets = await Promise.all(
      blobs.map((blob) => decryptText(db, orgSubject(orgId), secretField(endpointId), blob)),
    );
    const body = bodyOf({ ...row, orgId, createdAt: row.created_at });
    return { id, endpointId, orgId, url, attempt, eventId, secrets, body: JSON.stringify(body) };
  } catch (error) {
    log().warn({ err: error, delivery: id }, "a webhook delivery could not be prepared");
    return undefined;
  }
}
