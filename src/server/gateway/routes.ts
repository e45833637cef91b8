import { chat } from "./chat/chat";
import type { Dialect } from "./dialect";
import { embeddings } from "./embeddings/embeddings";

export const chatCompletionsPath = "/v1/chat/completions";
export const embeddingsPath = "/v1/embeddings";

export interface GatewayRoute {
  method: "POST";
  path: string;
  dialect: Dialect;
  /** How many values a body may hold, where that is more than elsewhere. */
  maxValues?: number;
}

/** Tokens are values: as many as fit into the bytes of a body. They are read by hand. */
const AS_MANY_TOKENS_AS_FIT = Number.POSITIVE_INFINITY;

/** What the gateway answers itself, beside the procedures: each is documented, and refuses every other method. */
export const gatewayRoutes: readonly GatewayRoute[] = [
  { method: "POST", path: chatCompletionsPath, dialect: chat },
  { method: "POST", path: embeddingsPath, dialect: embeddings, maxValues: AS_MANY_TOKENS_AS_FIT },
];
