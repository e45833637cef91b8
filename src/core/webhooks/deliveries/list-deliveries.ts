import { AppError, type Db, type Principal, toPublicId } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { readPage } from "../../platform/list";
import { readEndpoint, visibleEndpoints } from "../endpoints/endpoint-rows";
import type { DeliveryDetail, DeliveryView, ListDeliveriesInput } from "../schemas";
import { bodyOf } from "./delivery-body";

interface DeliveryRow {
  id: string;
  endpointId: string;
  eventId: string;
  event: string;
  status: "pending" | "delivered" | "failed";
  attempts: number;
  nextAttemptAt: Date;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: Date;
  deliveredAt: Date | null;
}

export const deliveryColumns = {
  id: true,
  endpointId: true,
  eventId: true,
  event: true,
  status: true,
  attempts: true,
  nextAttemptAt: true,
  lastStatus: true,
  lastError: true,
  createdAt: true,
  deliveredAt: true,
} as const satisfies Record<keyof DeliveryRow, true>;

export function viewDelivery(row: DeliveryRow): DeliveryView {
  return {
    id: toPublicId("whd", row.id),
    endpoint_id: toPublicId("whe", row.endpointId),
    event_id: toPublicId("evt", row.eventId),
    event: row.event,
    status: row.status,
    attempts: row.attempts,
    last_status: row.lastStatus,
    last_error: row.lastError,
    next_attempt_at: row.status === "pending" ? row.nextAttemptAt.toISOString() : null,
    created_at: row.createdAt.toISOString(),
    delivered_at: row.deliveredAt?.toISOString() ?? null,
  };
}

/** An endpoint's deliveries of the last days, newest first. @throws AppError `not_found`, `invalid_cursor`. */
export async function listDeliveries(
  db: Db,
  { principal, input }: { principal: Principal; input: ListDeliveriesInput },
): Promise<{ data: DeliveryView[]; next_cursor: string | null }> {
  const { id: endpointId } = await readEndpoint(db, principal, input.id);
  const filter = { endpointId, ...(input.status !== undefined && { status: input.status }) };
  const identity = { list: "webhook deliveries", owner: principal.orgId, filter };
  const { rows, next_cursor } = await readPage(identity, input, ({ where, order, take }) =>
    asOrganization(db, principal.orgId, (tx) =>
      tx.webhookDelivery.findMany({
        where: { ...filter, ...where },
        orderBy: { id: order },
        take,
        select: deliveryColumns,
      }),
    ),
  );
  return { data: rows.map(viewDelivery), next_cursor };
}

/** One delivery with its body and every attempt. @throws AppError `not_found`. */
export async function getDelivery(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
): Promise<DeliveryDetail> {
  const row = await db.webhookDelivery.findFirst({
    where: { id, endpoint: visibleEndpoints(principal) },
    select: {
      ...deliveryColumns,
      orgId: true,
      payload: true,
      endpoint: { select: { environment: true } },
      tries: { orderBy: { number: "desc" } },
    },
  });
  if (row === null) throw deliveryNotFound();
  const { environment } = row.endpoint;
  return {
    ...viewDelivery(row),
    payload: bodyOf({ ...row, environment }),
    tries: row.tries.map(({ number, at, durationMs, status, error, response }) => ({
      number,
      at: at.toISOString(),
      duration_ms: durationMs,
      status,
      error,
      response,
    })),
  };
}

export function deliveryNotFound(): AppError {
  return new AppError("not_found", {
    public: "Webhook delivery not found in your organization. Deliveries are kept for seven days.",
    param: "id",
  });
}
