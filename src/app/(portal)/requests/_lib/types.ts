import type { Outputs } from "../../../_client/trpc";

/** A request as lists show it. */
export type RequestItem = Outputs["history"]["list"]["data"][number];
export type RequestStatus = RequestItem["status"];

/** A request as its own page shows it. */
export type RequestDetail = Outputs["inference"]["detail"];

export const statuses = [
  "queued",
  "processing",
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly RequestStatus[];

export type Endpoint = RequestItem["endpoint"];

/** How a request came, in the portal's words. */
export const endpointNames: Record<Endpoint, string> = {
  "/v1/chat/completions": "Chat completions",
  "/v1/embeddings": "Embeddings",
  "/api/v1/inference": "Queue",
};
export const endpoints = Object.keys(endpointNames) as Endpoint[];
