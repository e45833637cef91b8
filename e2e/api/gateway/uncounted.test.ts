import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fromPublicId } from "@agathaai/core/platform";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { eventsOf, idIn } from "../../support/chat-stream";
import { type Api, openApi } from "../../support/client";
import { query } from "../../support/database";
import { heldTokens, ledgerRow } from "../../support/ledger";
import { customer, makeKey } from "../../support/people";

/** Providers that answer and do not say, or not in numbers, what it came to. */

const SAID = "Moss agate is no agate, strictly.";
/** What the provider says of its usage, in its own words. */
let usage: unknown;

const chat = (body: { stream?: boolean }) => {
  const head = { id: "up", created: 1, model: "up" };
  if (body.stream !== true) {
    const message = { role: "assistant", content: SAID, refusal: null };
    return { ...head, choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }], usage };
  }
  const chunk = (delta: object, finish: string | null) => ({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  return [
    chunk({ role: "assistant", content: "" }, null),
    chunk({ content: SAID }, null),
    { ...chunk({}, "stop"), usage },
    "[DONE]",
  ];
};
const gemini = (path: string) => {
  if (path.includes("batchEmbedContents"))
    return { embeddings: [{ values: [1, 0, 0] }], usageMetadata: usage };
  const whole = {
    candidates: [{ content: { role: "model", parts: [{ text: SAID }] }, finishReason: "STOP" }],
    usageMetadata: usage,
  };
  return path.includes("stream") ? [whole] : whole;
};
const embeddings = () => ({ model: "up", data: [{ index: 0, embedding: [1, 0, 0] }], usage });

const server = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const body = JSON.parse(Buffer.concat(parts).toString());
  const path = request.url ?? "";
  const answer = path.includes("v1beta")
    ? gemini(path)
    : path.endsWith("/embeddings")
      ? embeddings()
      : chat(body);
  const isStream = Array.isArray(answer);
  response.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
  const events = isStream
    ? answer.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`)
    : [];
  response.end(isStream ? events.join("") : JSON.stringify(answer));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const stack = await useTestStack();
let api: Api;
let key: string;

beforeAll(async () => {
  const env = {
    ...{ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: "sk-scripted" },
    ...{ DEEPSEEK_BASE_URL: url, DEEPSEEK_API_KEY: "sk-scripted" },
    ...{ GEMINI_BASE_URL: url, GEMINI_API_KEY: "scripted" },
  };
  api = await openApi(await startTestProcesses({ server: true, env }));
  key = await makeKey(api, await customer(api, stack));
});

async function defects(model: string, defect: string): Promise<number> {
  const text = await (await fetch(`${api.url}/api/metrics`)).text();
  const lines = text.split("\n").filter((line) => line.startsWith("agatha_usage_defects_total{"));
  const line = lines.find((one) => one.includes(`model="${model}"`) && one.includes(`defect="${defect}"`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

async function defectOf(id: string): Promise<string | null> {
  const [row] = await query<{ usage_defect: string | null }>(
    "SELECT usage_defect FROM usage_ledger WHERE request_id = $1",
    [fromPublicId("inf", id)],
  );
  return row?.usage_defect ?? null;
}

const INPUT = "What is moss agate?";
const models = ["gpt-4o", "deepseek-flash", "gemini-3.8-flash"];
const nonsense = [
  ["missing", undefined, undefined],
  [
    "unreadable",
    { prompt_tokens: -5, completion_tokens: 7, total_tokens: 2 },
    { promptTokenCount: -5, candidatesTokenCount: 7 },
  ],
  [
    "unreadable",
    { prompt_tokens: 5.5, completion_tokens: 7, total_tokens: 12.5 },
    { promptTokenCount: 5.5, candidatesTokenCount: 7 },
  ],
] as const;

describe.each(nonsense)("a count that is %s (%j)", (defect, ofOpenAi, ofGemini) => {
  it.each(models.flatMap((model) => [[model, false] as const, [model, true] as const]))(
    "of %s (stream: %s) is billed by an estimate, marked and counted for the alert",
    async (model, stream) => {
      usage = model.startsWith("gemini") ? ofGemini : ofOpenAi;
      const before = await defects(model, defect);
      const reply = await api.post("/v1/chat/completions", {
        as: key,
        body: {
          model,
          stream,
          max_tokens: 500,
          messages: [{ role: "user", content: INPUT }],
          ...(stream && { stream_options: { include_usage: true } }),
        },
      });
      expect(reply.status, reply.text).toBe(200);
      const id = stream ? idIn(reply.text) : reply.json.id;
      const row = await ledgerRow(id);
      expect(row).toMatchObject({ status: "completed", billable: true, estimated: true });
      expect(row.output_tokens).toBe(String(Math.ceil(SAID.length / 4)));
      expect(Number(row.input_tokens)).toBeGreaterThanOrEqual(INPUT.length / 4);
      expect(Number(row.cost_micros)).toBeGreaterThan(0);
      expect(await defectOf(id)).toBe(defect);
      expect(await defects(model, defect)).toBe(before + 1);
      const shown = stream
        ? JSON.parse(
            eventsOf(reply.text)
              .at(-2)
              ?.replace(/^data: /, "") ?? "{}",
          ).usage
        : reply.json.usage;
      expect(shown).toMatchObject({
        prompt_tokens: Number(row.input_tokens),
        completion_tokens: Number(row.output_tokens),
        cost: Number(row.cost_micros) / 1_000_000,
      });
    },
  );

  it.each(["text-embedding-3-small", "gemini-embedding-001"])(
    "of embeddings of %s is billed by an estimate, marked and counted",
    async (model) => {
      usage = model.startsWith("gemini") ? ofGemini : ofOpenAi;
      const before = await defects(model, defect);
      const reply = await api.post("/v1/embeddings", { as: key, body: { model, input: INPUT.repeat(40) } });
      expect(reply.status, reply.text).toBe(200);
      const id = reply.headers.get("x-agatha-id") ?? "";
      const row = await ledgerRow(id);
      expect(row).toMatchObject({ status: "completed", estimated: true, output_tokens: "0" });
      expect(Number(row.input_tokens)).toBeGreaterThan(0);
      expect(await defectOf(id)).toBe(defect);
      expect(await defects(model, defect)).toBe(before + 1);
      expect(reply.json.usage).toMatchObject({ prompt_tokens: Number(row.input_tokens) });
      await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
    },
  );
});
