import { Prisma } from "../platform/db/client";
import type { EnvironmentChoice } from "../platform/environment";

/**
 * The entries that an API key may read: none by or about a key of the other environment. Which environment a request
 * belongs to is not in an entry that names one, so of those a key reads what keys of its own environment did.
 */
export function ofEnvironment(environment: EnvironmentChoice): Prisma.Sql {
  if (environment === "all") return Prisma.empty;
  return Prisma.sql`
    AND NOT EXISTS (
      SELECT FROM api_keys k
      WHERE k.id IN (actor_id, target_id) AND k.environment <> ${environment}::environment
    )
    AND (target_type IS DISTINCT FROM 'inference' OR actor_type = 'key')`;
}
