import type { Inputs } from "../../../_client/trpc";
import type { Cut } from "./period";
import type { UsageAddress } from "./usage-address";

export type UsageInput = NonNullable<Inputs["usage"]["get"]>;

/** What the page asks the API for. */
export function toQuery(
  { group, environment, model, apiKeyId, status }: UsageAddress,
  { period, interval }: Pick<Cut, "period" | "interval">,
): UsageInput {
  return {
    from: period.from.toISOString(),
    to: period.to.toISOString(),
    interval,
    environment,
    ...(group === null ? {} : { group_by: group }),
    ...(model === null ? {} : { model }),
    ...(apiKeyId === null ? {} : { api_key_id: apiKeyId }),
    ...(status === null ? {} : { status }),
  };
}
