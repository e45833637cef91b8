export const chatCompletionsPath = "/v1/chat/completions";

/** What the gateway answers itself, beside the procedures: each is documented, and refuses every other method. */
export const gatewayRoutes = [{ method: "POST", path: chatCompletionsPath }] as const;
