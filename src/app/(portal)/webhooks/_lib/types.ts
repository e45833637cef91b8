import type { Outputs } from "../../../_client/trpc";

export type Endpoint = Outputs["webhooks"]["get"];
export type Delivery = Outputs["webhooks"]["deliveries"]["data"][number];

export const pageOfEndpoint = (id: string) => `/webhooks/${id}`;
