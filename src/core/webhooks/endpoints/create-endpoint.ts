import { actorOf, recordAuditIn } from "../../audit";
import { orgSubject } from "../../orgs";
import {
  AppError,
  type Clock,
  chooseEnvironment,
  type Db,
  newId,
  type Principal,
  systemClock,
} from "../../platform";
import { encryptText } from "../../privacy";
import { type CreatedEndpointView, type CreateEndpointInput, MAX_ENDPOINTS } from "../schemas";
import { auditOfEndpoint, changeEndpoints, endpointColumns, viewEndpoint } from "./endpoint-rows";
import { newSecret, secretField } from "./secret";

/**
 * Adds an endpoint and returns its secret, which is never shown again. It receives events from now on.
 * @throws AppError `insufficient_role`; `conflict` at ten endpoints; `invalid_request`, param `environment`.
 */
export async function createEndpoint(
  db: Db,
  { principal, input }: { principal: Principal; input: CreateEndpointInput },
  clock: Clock = systemClock,
): Promise<CreatedEndpointView> {
  const { orgId } = principal;
  const environment = chooseEnvironment(
    principal,
    input.environment ?? (principal.kind === "key" ? undefined : "live"),
  );
  return await changeEndpoints(db, principal, async (tx) => {
    if ((await tx.webhookEndpoint.count({ where: { orgId } })) >= MAX_ENDPOINTS) {
      throw new AppError("conflict", {
        public: `Your organization has ${MAX_ENDPOINTS} webhook endpoints, the most it can have. Delete one first.`,
      });
    }
    const now = clock.now();
    const id = newId(now);
    const secret = newSecret();
    const row = await tx.webhookEndpoint.create({
      data: {
        id,
        orgId,
        environment,
        url: input.url,
        description: input.description,
        events: input.events,
        secretCipher: await encryptText(tx, orgSubject(orgId), secretField(id), secret),
        createdBy: principal.userId,
        createdAt: now,
        updatedAt: now,
      },
      select: endpointColumns,
    });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "webhook.created",
      ...auditOfEndpoint(row),
    });
    return { ...viewEndpoint(row, now), secret };
  });
}
