import { Prisma } from "../platform/db/client";
import { environmentsIn, type Reach } from "../platform/environment";
import { timeOfId } from "../platform/ids";
import { isRequest } from "./sql";

/** A request as a caller names it: what is outside their reach does not exist for them. */
export interface RequestKey extends Reach {
  requestId: string;
}

/** The one row behind a key, in its own partition; none when it is deleted or out of reach. */
export function reachable({ orgId, environment, requestId }: RequestKey) {
  return {
    id: requestId,
    createdAt: timeOfId(requestId),
    orgId,
    ...(environment !== "all" && { environment }),
    deletedAt: null,
  };
}

/** The same for a statement. */
export function isReachable({ orgId, environment, requestId }: RequestKey): Prisma.Sql {
  return Prisma.sql`${isRequest(requestId)} AND org_id = ${orgId}::uuid AND deleted_at IS NULL
    AND environment = ANY(${[...environmentsIn(environment)]}::environment[])`;
}
