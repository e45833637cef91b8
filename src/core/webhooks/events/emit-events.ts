import type { EventType } from "../../../shared/webhooks/events";
import { type DbOrTx, type Environment, newId } from "../../platform";
import { Prisma } from "../../platform/db/client";

type Json = string | number | boolean | null | { [name: string]: Json };

export interface WebhookEvent {
  orgId: string;
  type: EventType;
  /** Events of the organization as a whole belong to `live`. */
  environment?: Environment;
  data: { [name: string]: Json };
  /** A fixed ID for an event that may be emitted twice: each endpoint receives it once. */
  id?: string;
}

/**
 * Writes a delivery for each endpoint subscribed to the event, in the transaction of the change itself, so that both
 * are committed or neither. Without such an endpoint it costs one index lookup. Returns the number of deliveries
 * written.
 */
export async function emitEvents(tx: DbOrTx, events: readonly WebhookEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  const rows = events.map(({ orgId, type, environment = "live", data, id = newId() }) => ({
    id,
    orgId,
    type,
    environment,
    data: JSON.stringify(data),
  }));
  const column = (name: keyof (typeof rows)[number]) => rows.map((row) => row[name]);
  return await tx.$executeRaw`
    WITH happened AS (
      SELECT * FROM unnest(${column("id")}::uuid[], ${column("orgId")}::uuid[], ${column("type")}::text[],
        ${column("environment")}::text[], ${column("data")}::text[]) AS h(event_id, org_id, event, environment, data)
    )
    ${deliveriesOf(Prisma.sql`
      SELECT event_id, org_id, event, environment::environment AS environment, data::jsonb AS data FROM happened`)}`;
}

/** A UUIDv7 (RFC 9562 §5.7) as PostgreSQL before 18 can make it: a random UUID with the time in front and its version set. */
const newIdSql = Prisma.sql`encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
  PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid`;

/**
 * The insert of an event's deliveries, as a part of the statement that makes the change: `happened` selects `event_id`,
 * `org_id`, `event`, `environment` and `data`.
 */
export function deliveriesOf(happened: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO webhook_deliveries (id, endpoint_id, org_id, event_id, event, payload, next_attempt_at, created_at)
    SELECT ${newIdSql}, e.id, h.org_id, h.event_id, h.event, h.data, now(), now()
    FROM (${happened}) h
    JOIN webhook_endpoints e ON e.org_id = h.org_id AND e.environment = h.environment
      AND e.disabled_at IS NULL AND h.event = ANY(e.events)
    ON CONFLICT (endpoint_id, event_id) DO NOTHING`;
}
