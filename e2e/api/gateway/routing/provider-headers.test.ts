import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../../support/client";
import { customer, makeKey } from "../../../support/people";

const KEY = "sk-canary-of-our-own-key";
/** What a provider may say beside its answer: its own limits, cookies, ids, and our key in clear. */
const indiscreet = {
  "set-cookie": `session=${KEY}`,
  "openai-organization": "org-of-ours",
  "openai-processing-ms": "12",
  "x-request-id": "req_of_the_provider",
  "x-ratelimit-limit-requests": "31337",
  "x-ratelimit-remaining-tokens": "31337",
  "x-api-key": KEY,
  "x-agatha-model": "forged",
  "access-control-allow-origin": "https://forged.example",
  age: "31337",
  via: `1.1 ${KEY}`,
};

const head = { id: "chatcmpl-upstream", created: 1, model: "gpt-4o-2024-08-06" };
const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
let status = 200;

const provider = createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  const { stream = false } = JSON.parse(text);
  if (status !== 200) {
    response.writeHead(status, { ...indiscreet, "content-type": "application/json" });
    const message = `Incorrect API key provided: ${KEY}. Organization org-of-ours.`;
    response.end(JSON.stringify({ error: { message, type: "x", code: null, param: null } }));
    return;
  }
  response.writeHead(200, {
    ...indiscreet,
    "content-type": stream ? "text/event-stream" : "application/json",
  });
  if (request.url?.endsWith("/embeddings")) {
    const data = [{ object: "embedding", index: 0, embedding: [0.6, 0.8] }];
    response.end(
      JSON.stringify({ object: "list", data, model: "m", usage: { ...usage, completion_tokens: undefined } }),
    );
    return;
  }
  if (!stream) {
    const message = { role: "assistant", content: "Agate", refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
    response.end(JSON.stringify({ ...head, object: "chat.completion", choices, usage }));
    return;
  }
  const frame = (choices: object[], counted: object | null = null) =>
    `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, usage: counted })}\n\n`;
  response.write(`: connected with ${KEY}\n\nid: ${KEY}\nretry: 1\n`);
  response.write(frame([{ index: 0, delta: { role: "assistant", content: "Agate" }, finish_reason: null }]));
  response.write(`: still ${KEY}\n\nevent: ${KEY}\ndata: {"debug":"${KEY}"}\n\n`);
  response.write(frame([{ index: 0, delta: {}, finish_reason: "stop" }]) + frame([], usage));
  response.end("data: [DONE]\n\n");
});
await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
afterAll(() => {
  provider.closeAllConnections();
  provider.close();
});

const stack = await useTestStack();
let api: Api;
let key: string;
beforeAll(async () => {
  const { port } = provider.address() as AddressInfo;
  const env = { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: KEY };
  api = await openApi(await startTestProcesses({ server: true, env }));
  key = await makeKey(api, await customer(api, stack));
});
beforeEach(() => {
  status = 200;
});

/** Every header that an answer of this API may have. */
const allowed = new Set([
  ...["connection", "content-length", "content-type", "date", "keep-alive", "transfer-encoding", "vary"],
  ...["cache-control", "content-security-policy", "cross-origin-resource-policy", "referrer-policy"],
  ...["x-accel-buffering", "x-content-type-options", "x-frame-options", "x-request-id"],
  ...["requests", "tokens"].flatMap((of) =>
    ["limit", "remaining", "reset"].map((what) => `x-ratelimit-${what}-${of}`),
  ),
  ...["x-ratelimit-scope", "retry-after", "retry-after-ms", "x-should-retry"],
  ...["x-agatha-id", "x-agatha-model", "x-agatha-notice", "x-agatha-not-sent", "x-agatha-provider"],
]);

const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 64 };
const ways: [string, string, object][] = [
  ["a whole answer", "/v1/chat/completions", chat],
  ["a stream", "/v1/chat/completions", { ...chat, stream: true }],
  ["embeddings", "/v1/embeddings", { model: "text-embedding-3-small", input: "Hello" }],
];

describe.each(ways)("%s", (_name, path, body) => {
  it.each([200, 400, 401, 429, 500])(
    "has headers of ours alone and nothing of the provider's key where the provider answers %i",
    async (answered) => {
      status = answered;
      const reply = await api.post(path, { as: key, body });
      if (answered === 200) expect(reply.status, reply.text).toBe(200);
      else expect(reply.status).toBeGreaterThanOrEqual(400);
      const strange = [...reply.headers.keys()].filter((name) => !allowed.has(name));
      expect(strange).toEqual([]);
      const said = `${JSON.stringify([...reply.headers])} ${reply.text}`;
      expect(said).not.toMatch(/canary|org-of-ours|req_of_the_provider|31337|forged|chatcmpl-upstream/);
      if (reply.status === 429 || reply.status === 503) {
        const seconds = Number(reply.headers.get("retry-after"));
        const milliseconds = Number(reply.headers.get("retry-after-ms"));
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(milliseconds).toBeGreaterThan(0);
        expect(milliseconds).toBeLessThanOrEqual(seconds * 1_000);
      }
    },
  );
});
