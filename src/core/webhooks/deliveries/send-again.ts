import { TEST_EVENT } from "../../../shared/webhooks/events";
import { AppError, type Clock, type Db, newId, type Principal, systemClock } from "../../platform";
import { changeEndpoints, readEndpoint, visibleEndpoints } from "../endpoints/endpoint-rows";
import type { DeliveryView } from "../schemas";
import { deliveryColumns, deliveryNotFound, viewDelivery } from "./list-deliveries";

/**
 * Sends a delivery again, with the same `webhook-id`: at once, then by the whole retry schedule if that fails.
 * @throws AppError `insufficient_role`, `not_found`; `conflict` while it is still pending, or its endpoint is disabled.
 */
export async function redeliver(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
  clock: Clock = systemClock,
): Promise<DeliveryView> {
  return await changeEndpoints(db, principal, async (tx) => {
    const row = await tx.webhookDelivery.findFirst({
      where: { id, endpoint: visibleEndpoints(principal) },
      select: { status: true, endpoint: { select: { disabledAt: true } } },
    });
    if (row === null) throw deliveryNotFound();
    assertEnabled(row.endpoint);
    const data = { status: "pending", retries: 0, nextAttemptAt: clock.now(), deliveredAt: null } as const;
    // The worker may end it in between.
    const { count } = await tx.webhookDelivery.updateMany({
      where: { id, status: { not: "pending" } },
      data,
    });
    if (count === 0) {
      throw new AppError("conflict", { public: "This delivery is still being attempted." });
    }
    return viewDelivery(
      await tx.webhookDelivery.findUniqueOrThrow({ where: { id }, select: deliveryColumns }),
    );
  });
}

/**
 * Sends a test event to the endpoint; `listDeliveries` shows whether it arrived.
 * @throws AppError `insufficient_role`, `not_found`; `conflict` for a disabled endpoint.
 */
export async function sendTestEvent(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
  clock: Clock = systemClock,
): Promise<DeliveryView> {
  return await changeEndpoints(db, principal, async (tx) => {
    const endpoint = await readEndpoint(tx, principal, id);
    assertEnabled(endpoint);
    const now = clock.now();
    const row = await tx.webhookDelivery.create({
      data: {
        id: newId(now),
        endpointId: id,
        orgId: principal.orgId,
        eventId: newId(now),
        event: TEST_EVENT,
        payload: { message: "This event was sent to try your endpoint." },
        nextAttemptAt: now,
        createdAt: now,
      },
      select: deliveryColumns,
    });
    return viewDelivery(row);
  });
}

function assertEnabled({ disabledAt }: { disabledAt: Date | null }): void {
  if (disabledAt === null) return;
  throw new AppError("conflict", { public: "This endpoint is disabled. Enable it first." });
}
