import { z } from "zod";
import type { Db } from "../../platform";
import { orgIsActive } from "./claim-deliveries";

const rowsSchema = z.array(z.object({ seconds: z.number() }));

/**
 * How long the oldest delivery has waited for its attempt, in seconds. Only of endpoints that answer: those that fail get one
 * attempt at a time, and wait for themselves.
 */
export async function oldestDueSeconds(db: Db): Promise<number> {
  const rows = await db.$queryRaw`
    SELECT coalesce(max(extract(epoch FROM now() - due.at)), 0)::float8 AS seconds
    FROM webhook_endpoints CROSS JOIN LATERAL (
      SELECT min(next_attempt_at) AS at FROM webhook_deliveries
      WHERE endpoint_id = webhook_endpoints.id AND status = 'pending' AND next_attempt_at <= now()
    ) due
    WHERE disabled_at IS NULL AND failing_since IS NULL AND ${orgIsActive}`;
  return rowsSchema.parse(rows)[0]?.seconds ?? 0;
}
