import { chat } from "./chat/chat";
import type { Dialect } from "./dialect";
import { embeddings } from "./embeddings/embeddings";

export const chatCompletionsPath = "/v1/chat/completions";
export const embeddingsPath = "/v1/embeddings";

interface GatewayRoute {
  method: "POST";
  path: string;
  dialect: Dialect;
}

/** What the gateway answers itself, beside the procedures: each is documented, and refuses every other method. */
export const gatewayRoutes: readonly GatewayRoute[] = [
  { method: "POST", path: chatCompletionsPath, dialect: chat },
  { method: "POST", path: embeddingsPath, dialect: embeddings },
];
