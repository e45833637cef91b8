import { expect } from "vitest";
import type { Reply } from "../../../support/client";
import type { Gateway } from "../testing/use-gateway";

const path = "/v1/chat/completions";
let questions = 0;

/** A question that nobody has asked yet. */
export const ask = (more: object = {}) => ({
  model: "gpt-4o",
  messages: [{ role: "user", content: `Question ${++questions} of the cache` }],
  max_tokens: 200,
  ...more,
});

/** Calls that say what they want of the response cache. */
export function cachedCalls({ api, key, stack }: Gateway) {
  const send = (
    body: object,
    cache: string | undefined = "on",
    as = key,
    headers: Record<string, string> = {},
  ): Promise<Reply> =>
    api.post(path, {
      as,
      body,
      headers: { ...(cache !== undefined && { "x-agatha-cache": cache }), ...headers },
    });
  return {
    send,
    /** What the key says alone. */
    sendPlain: (body: object, as = key, headers: Record<string, string> = {}) =>
      api.post(path, { as, body, headers }),
    /** How often a provider was asked. */
    asked: () => stack.simulator.calls().total,
    /** The answer out of the cache: it is stored behind the reply. */
    async hit(body: object, cache = "on", as = key): Promise<Reply> {
      let reply = await send(body, cache, as);
      await expect
        .poll(async () => {
          if (reply.headers.get("x-agatha-cache") !== "hit") reply = await send(body, cache, as);
          return reply.headers.get("x-agatha-cache");
        })
        .toBe("hit");
      return reply;
    },
  };
}
