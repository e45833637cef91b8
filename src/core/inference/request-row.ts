import { environmentsIn, type Reach, timeOfId } from "../platform";
import { Prisma } from "../platform/db/client";
import { andOwn, whereOwn } from "../platform/db/rows/own-rows";
import type { FieldRef } from "../privacy";

/** How the row of a request is addressed: by its id alone, within a caller's reach, and by its encrypted columns. */

/** A request as a caller names it. One outside their reach is a 404. */
export interface RequestKey extends Reach {
  requestId: string;
}

/** Finds one request and only its partition: the id carries the partition's time. */
export function isRequest(requestId: string): Prisma.Sql {
  return Prisma.sql`id = ${requestId}::uuid AND created_at = ${timeOfId(requestId).toISOString()}::timestamptz`;
}

/** Whether the organization of a row of `inference_requests` is in HIPAA mode. */
export const isInHipaaMode: Prisma.Sql = Prisma.sql`coalesce((
  SELECT o.hipaa_since IS NOT NULL FROM organizations o WHERE o.id = inference_requests.org_id), false)`;

/** The one row behind a key, in its own partition; none when it is deleted or out of reach. */
export function reachable({ orgId, environment, own, requestId }: RequestKey) {
  return {
    id: requestId,
    createdAt: timeOfId(requestId),
    orgId,
    ...(environment !== "all" && { environment }),
    ...whereOwn(own),
    deletedAt: null,
  };
}

/** The same condition for a raw statement. */
export function isReachable({ orgId, environment, own, requestId }: RequestKey): Prisma.Sql {
  return Prisma.sql`${isRequest(requestId)} AND org_id = ${orgId}::uuid AND deleted_at IS NULL
    AND environment = ANY(${[...environmentsIn(environment)]}::environment[]) ${andOwn(own)}`;
}

export function inputField(requestId: string): FieldRef {
  return { table: "inference_requests", column: "input_cipher", rowId: requestId };
}

export function resultField(requestId: string): FieldRef {
  return { table: "inference_requests", column: "result_cipher", rowId: requestId };
}

export function metadataField(requestId: string): FieldRef {
  return { table: "inference_requests", column: "metadata_cipher", rowId: requestId };
}
