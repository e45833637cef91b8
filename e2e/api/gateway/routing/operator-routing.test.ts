import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestProcesses } from "../../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../../support/client";
import { customer, makeKey } from "../../../support/people";

const DATED = "gpt-4o-2024-08-06";
const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
/** The names that were asked for, and the one that fails. */
let asked: string[] = [];
let failing: string | undefined;

const provider = createServer(async (request, response) => {
  let text = "";
  for await (const part of request) text += part;
  const { model } = JSON.parse(text);
  asked.push(model);
  response.writeHead(model === failing ? 500 : 200, { "content-type": "application/json" });
  const message = { role: "assistant", content: "Agate", refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
  const answer = { id: "chatcmpl-1", created: 1, model, object: "chat.completion", choices, usage };
  response.end(JSON.stringify(model === failing ? { error: { message: "away" } } : answer));
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
  const env = {
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
    OPENAI_API_KEY: "sk-of-ours",
    MODEL_ROUTING: `gpt-4o=weighted:${DATED}*3,gpt-4o`,
  };
  api = await openApi(await startTestProcesses({ server: true, workers: 1, env }));
  key = await makeKey(api, await customer(api, stack));
});
beforeEach(() => {
  asked = [];
  failing = undefined;
});

const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 64 };
const complete = (model = "gpt-4o") =>
  api.post("/v1/chat/completions", { as: key, body: { ...chat, model } });
const receipt = async (id: string | null) => (await api.get(`/v1/generation?id=${id}`, { as: key })).json;

test("the operator's names of a model are both called, the caller sees one model and pays one price", async () => {
  const costs = new Set<number>();
  for (let count = 0; count < 40; count++) {
    const reply = await complete();
    expect(reply.json).toMatchObject({ model: "gpt-4o" });
    costs.add(reply.json.usage.cost);
  }
  // By weight 3 : 1; that one of them is never drawn happens once in a hundred thousand runs.
  expect(new Set(asked)).toEqual(new Set([DATED, "gpt-4o"]));
  expect(costs.size).toBe(1);
});

test("where one of them fails the other answers, and the receipt names both", async () => {
  failing = DATED;
  const seen = new Set<string>();
  for (let count = 0; count < 40 && seen.size < 2; count++) {
    const reply = await complete();
    expect(reply.status, reply.text).toBe(200);
    const { attempts } = await receipt(reply.headers.get("x-agatha-id"));
    for (const { upstream } of attempts) seen.add(upstream);
    expect(attempts.at(-1)).toMatchObject({ upstream: "gpt-4o", outcome: "completed" });
  }
  expect(seen).toEqual(new Set([DATED, "gpt-4o"]));
});

test("a caller who asks for the dated name gets exactly that one", async () => {
  for (let count = 0; count < 10; count++) expect((await complete(DATED)).status).toBe(200);
  expect(new Set(asked)).toEqual(new Set([DATED]));
});

test("the queue's calls are spread alike", async () => {
  const { json } = await api.post("/api/v1/inference", { as: key, body: chat });
  for (const deadline = Date.now() + 25_000; Date.now() < deadline; await sleep(100)) {
    const reply = await api.get(`/api/v1/inference/${json.id}/result`, { as: key });
    if (reply.status === 202) continue;
    expect(reply.json).toMatchObject({ status: "completed", model: "gpt-4o" });
    expect([DATED, "gpt-4o"]).toContain(asked.at(-1));
    return;
  }
  throw new Error("the request was not finished in time");
});
