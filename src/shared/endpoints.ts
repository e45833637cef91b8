/** How a model is called, and the portal's words for it. */
export const endpointNames = {
  "/v1/chat/completions": "Chat completions",
  "/v1/embeddings": "Embeddings",
  "/api/v1/inference": "Queue",
} as const;

export type Endpoint = keyof typeof endpointNames;
export const endpoints = Object.keys(endpointNames) as [Endpoint, ...Endpoint[]];

/** In the database requests through the queue have no endpoint. */
export const QUEUE_ENDPOINT = "/api/v1/inference" satisfies Endpoint;
