import type { Gateway } from "./use-gateway";

/** A stream that has room for what the scripted provider says. */
export const streamBody = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 500,
  stream: true,
};

/** A call whose answer is read as it comes, and that can be hung up. */
export function sendBare(
  { api, key }: Pick<Gateway, "api" | "key">,
  signal: AbortSignal,
  { path = "/v1/chat/completions", body = streamBody }: { path?: string; body?: object } = {},
): Promise<Response> {
  return fetch(api.url + path, {
    method: "POST",
    signal,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
