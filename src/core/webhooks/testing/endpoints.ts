import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { fromPublicId, type Principal, type UserPrincipal } from "../../platform";
import { db } from "../../platform/db/client";
import { type ClaimedDelivery, claimDeliveries, createEndpoint, createEndpointInputSchema } from "..";

export const owner = async (): Promise<UserPrincipal> =>
  principalOf((await makeUser({ verified: true })).claims);

export const create = (principal: Principal, changes: Record<string, unknown> = {}) =>
  createEndpoint(db(), {
    principal,
    input: createEndpointInputSchema.parse({
      url: "https://example.org/hooks",
      events: ["key.created"],
      ...changes,
    }),
  });
export const idOf = (view: { id: string }) => fromPublicId("whe", view.id);

/** Everything that is due for one organization; what others have due is claimed as well and left. */
export async function claimFor({ orgId }: Principal, now?: Date): Promise<ClaimedDelivery[]> {
  const claimed = await claimDeliveries(db(), { limit: 1_000, ...(now !== undefined && { now }) });
  return claimed.filter((delivery) => delivery.orgId === orgId);
}

export const success = { status: 200, error: null, response: "ok" };
export const failure = { status: 500, error: "responded 500", response: "no" };
export const attempt = (
  outcome: { status: number | null; error: string | null; response: string | null },
  at = new Date(),
) => ({
  at,
  durationMs: 12,
  ...outcome,
});
