import { type Environment, toPublicId } from "../../platform";

/** The body of an event (Standard Webhooks: `type`, `timestamp`, `data`), the same at every attempt. */
export function bodyOf({
  event,
  createdAt,
  orgId,
  environment,
  payload,
}: {
  event: string;
  createdAt: Date;
  orgId: string;
  environment: Environment;
  payload: unknown;
}) {
  return {
    type: event,
    timestamp: createdAt.toISOString(),
    organization_id: toPublicId("org", orgId),
    environment,
    data: payload,
  };
}
