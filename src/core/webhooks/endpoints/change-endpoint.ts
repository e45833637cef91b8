import { actorOf, recordAuditIn } from "../../audit";
import { orgSubject } from "../../orgs";
import { type Clock, type Db, HOUR, type Principal, systemClock, type Tx, toPublicId } from "../../platform";
import { encryptText } from "../../privacy";
import {
  type CreatedEndpointView,
  type DeletedEndpoint,
  type EndpointView,
  OVERLAP_HOURS,
  type UpdateEndpointInput,
} from "../schemas";
import {
  auditOfEndpoint,
  changeEndpoints,
  type EndpointRow,
  endpointColumns,
  readEndpoint,
  viewEndpoint,
} from "./endpoint-rows";
import { newSecret, secretField } from "./secret";

/**
 * Changes the given fields. Disabling ends pending deliveries; enabling forgets earlier failures.
 * @throws AppError `insufficient_role`, `not_found`.
 */
export async function updateEndpoint(
  db: Db,
  { principal, input }: { principal: Principal; input: UpdateEndpointInput },
  clock: Clock = systemClock,
): Promise<EndpointView> {
  const { id, url, events, description, enabled } = input;
  return await changeEndpoints(db, principal, async (tx) => {
    const before = await readEndpoint(tx, principal, id);
    const now = clock.now();
    const row = await tx.webhookEndpoint.update({
      where: { id },
      data: {
        ...(url !== undefined && { url }),
        ...(events !== undefined && { events }),
        ...(description !== undefined && { description }),
        ...switchedTo(before, enabled, now),
        updatedAt: now,
      },
      select: endpointColumns,
    });
    if (before.disabledAt === null && row.disabledAt !== null)
      await giveUpPending(tx, id, "endpoint disabled");
    await recordAuditIn(tx, {
      orgId: principal.orgId,
      actor: actorOf(principal),
      action: "webhook.updated",
      ...auditOfEndpoint(row),
    });
    return viewEndpoint(row, now);
  });
}

function switchedTo({ disabledAt }: EndpointRow, enabled: boolean | undefined, now: Date) {
  if (enabled === undefined || enabled === (disabledAt === null)) return {};
  return enabled
    ? { disabledAt: null, disabledBecause: null, failingSince: null, notifiedAt: null }
    : { disabledAt: now, disabledBecause: "customer" };
}

/** Gives up the pending deliveries of a disabled endpoint. A person can still send each of them again. */
export async function giveUpPending(tx: Tx, endpointId: string, because: string): Promise<void> {
  await tx.webhookDelivery.updateMany({
    where: { endpointId, status: "pending" },
    data: { status: "failed", lastError: because },
  });
}

/**
 * Gives the endpoint a new secret. Events are signed with both for a day, so that a receiver can change over without
 * refusing one; a second rotation within that day ends the oldest at once.
 * @throws AppError `insufficient_role`, `not_found`.
 */
export async function rotateSecret(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
  clock: Clock = systemClock,
): Promise<CreatedEndpointView> {
  const { orgId } = principal;
  return await changeEndpoints(db, principal, async (tx) => {
    await readEndpoint(tx, principal, id);
    const now = clock.now();
    const secret = newSecret();
    const { secretCipher } = await tx.webhookEndpoint.findUniqueOrThrow({
      where: { id },
      select: { secretCipher: true },
    });
    const row = await tx.webhookEndpoint.update({
      where: { id },
      data: {
        secretCipher: await encryptText(tx, orgSubject(orgId), secretField(id), secret),
        previousSecretCipher: secretCipher,
        previousSecretUntil: new Date(now.getTime() + OVERLAP_HOURS * HOUR),
        updatedAt: now,
      },
      select: endpointColumns,
    });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "webhook.secret_rotated",
      ...auditOfEndpoint(row),
    });
    return { ...viewEndpoint(row, now), secret };
  });
}

/** Removes the endpoint, its secrets and its deliveries. @throws AppError `insufficient_role`, `not_found`. */
export async function deleteEndpoint(
  db: Db,
  { principal, id }: { principal: Principal; id: string },
): Promise<DeletedEndpoint> {
  return await changeEndpoints(db, principal, async (tx) => {
    const row = await readEndpoint(tx, principal, id);
    await tx.webhookEndpoint.delete({ where: { id } });
    await recordAuditIn(tx, {
      orgId: principal.orgId,
      actor: actorOf(principal),
      action: "webhook.deleted",
      ...auditOfEndpoint(row),
    });
    return { id: toPublicId("whe", id), object: "webhook_endpoint", deleted: true };
  });
}

/** For an organization that is deleted: no more events are sent. */
export async function deleteAllEndpoints(tx: Tx, orgId: string): Promise<void> {
  await tx.webhookEndpoint.deleteMany({ where: { orgId } });
}
