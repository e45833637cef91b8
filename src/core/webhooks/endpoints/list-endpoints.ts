import { type Clock, type Db, type Principal, systemClock } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { type ListQuery, readPage } from "../../platform/list";
import type { EndpointView } from "../schemas";
import { endpointColumns, readEndpoint, viewEndpoint, visibleEndpoints } from "./endpoint-rows";

/** Newest first. @throws AppError `invalid_cursor`. */
export async function listEndpoints(
  db: Db,
  { principal, input }: { principal: Principal; input: ListQuery },
  clock: Clock = systemClock,
): Promise<{ data: EndpointView[]; next_cursor: string | null }> {
  const reach = visibleEndpoints(principal);
  const identity = { list: "webhooks", owner: principal.orgId, filter: reach };
  const { rows, next_cursor } = await readPage(identity, input, ({ where, order, take }) =>
    asOrganization(db, principal.orgId, (tx) =>
      tx.webhookEndpoint.findMany({
        where: { ...reach, ...where },
        orderBy: { id: order },
        take,
        select: endpointColumns,
      }),
    ),
  );
  return { data: rows.map((row) => viewEndpoint(row, clock.now())), next_cursor };
}

/** @throws AppError `not_found`. */
export async function getEndpoint(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
  clock: Clock = systemClock,
): Promise<EndpointView> {
  const row = await asOrganization(db, principal.orgId, (tx) => readEndpoint(tx, principal, id));
  return viewEndpoint(row, clock.now());
}
