import { once } from "node:events";
import { createServer } from "node:http";
import {
  cancelInference,
  claimRequest,
  getInference,
  getInferenceDetail,
  getInferenceResult,
} from "@agathaai/core/inference";
import { closeDb } from "@agathaai/core/platform/db/client";
import { timeOfId } from "@agathaai/core/platform/ids";
import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import { afterAll, describe, expect, it } from "vitest";
import { openAccount } from "../../../infra/testing/open-account";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { createJobContext } from "./job-context";
import { providerModules } from "./providers/registry";
import { runJob } from "./run-job";

const stack = await useTestStack({
  WORKER_LEASE_MS: "3000",
  PROVIDER_TIMEOUT_MS: "1000",
  WORKER_MAX_ATTEMPTS: "3",
});
const context = createJobContext();
const { db, queue } = context;
const account = await openAccount(db, queue);
const running = new AbortController();

afterAll(async () => {
  await queue.close();
  await closeDb();
});

async function receive(requestId: string): Promise<QueueMessage> {
  for (let tries = 0; tries < 20; tries++) {
    const messages = await queue.receive("standard", { max: 10, waitSeconds: 1, visibilitySeconds: 30 });
    const wanted = messages.find(({ body }) => body.includes(requestId));
    if (wanted) return wanted;
  }
  throw new Error("the message did not come");
}

const run = async (requestId: string, overrides: Partial<typeof context> = {}, shutdown = running.signal) =>
  runJob({ ...context, ...overrides }, await receive(requestId), { shutdown });

/** Attempts as they come due, without waiting for SQS's whole seconds. */
async function runAgain(requestId: string) {
  await db.$executeRaw`UPDATE inference_requests SET next_attempt_at = now() WHERE id = ${requestId}::uuid`;
  const body = JSON.stringify({ request_id: requestId });
  return runJob(
    context,
    { id: "m", receiptHandle: "r", body, receiveCount: 2, queueName: "standard" },
    { shutdown: running.signal },
  );
}

const row = (requestId: string) =>
  db.inferenceRequest.findFirstOrThrow({ where: { id: requestId, createdAt: timeOfId(requestId) } });
const ledger = (requestId: string) => db.usageLedger.findMany({ where: { requestId } });
const reserved = async () =>
  Number(
    (await db.quotaCounter.findMany({ where: { orgId: account.orgId } })).reduce(
      (sum, { reservedTokens }) => sum + reservedTokens,
      0n,
    ),
  );
const result = (requestId: string) =>
  getInferenceResult(db, { orgId: account.orgId, environment: "all", requestId });

describe("a job that goes well", () => {
  it("answers under a small limit of a model that thinks, within what was set aside", async () => {
    const id = await account.submit({
      model: "gemini-3.8-flash",
      prompt: "Why is the sky blue?",
      max_tokens: 5,
    });
    const { reservedTokens, maxOutputTokens } = await row(id);
    expect(await run(id)).toEqual({ action: "acknowledge" });
    const view = await result(id);
    expect(view.output?.content).toMatch(/\S/);
    expect(Buffer.byteLength(view.output?.content ?? "")).toBeLessThanOrEqual(5 * 4);
    expect(view).toMatchObject({ finish_reason: "length", usage: { reasoning_tokens: 64 } });
    expect(view.usage?.output_tokens).toBeLessThanOrEqual(maxOutputTokens);
    expect(view.usage?.total_tokens).toBeLessThanOrEqual(Number(reservedTokens));
  });

  it("carries a conversation with tools on, from Gemini to Gemini and to OpenAI, by what the customer got alone", async () => {
    const tools = [{ type: "function" as const, function: { name: "1st_weather" } }];
    const messages = [{ role: "user" as const, content: "Weather?" }];
    const model = "gemini-4-argon";
    const id = await account.submit({ model, messages, tools, tool_choice: "required", max_tokens: 200 });
    await run(id);
    const { output } = await result(id);
    const call = output?.tool_calls?.[0];
    expect(call?.function).toEqual({ name: "1st_weather", arguments: "{}" });
    if (output == null || call === undefined) return;
    const answer = { role: "tool" as const, tool_call_id: call.id, content: '{"id":12345678901234567890}' };
    for (const next of [model, "gpt-4o"]) {
      const conversation = [...messages, output, answer];
      const more = await account.submit({ model: next, messages: conversation, tools, max_tokens: 2_000 });
      await run(more);
      expect(await result(more)).toMatchObject({ status: "completed", finish_reason: "stop" });
    }
  });

  it.each([
    ["openai", "gpt-4o"],
    ["deepseek", "deepseek-chat"],
    ["gemini", "gemini-1.5-pro"],
  ])("brings %s's answer, its own usage and one ledger row", async (_provider, model) => {
    const id = await account.submit({ model, prompt: "Why is the sky blue?" });
    expect(await reserved()).toBeGreaterThan(0);
    expect(await run(id)).toEqual({ action: "acknowledge" });
    const view = await result(id);
    expect(view).toMatchObject({ status: "completed", output: { role: "assistant" } });
    const [entry, ...more] = await ledger(id);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ billable: true, status: "completed" });
    expect(Number(entry?.inputTokens)).toBe(view.usage?.input_tokens);
    expect(Number(entry?.outputTokens)).toBe(view.usage?.output_tokens);
    expect(Number(entry?.costMicros)).toBeGreaterThan(0);
    expect(await reserved()).toBe(0);
  });

  it.each(["gpt-4o", "deepseek-chat", "gemini-1.5-pro"])("brings %s's tool call", async (model) => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const id = await account.submit({
      model,
      prompt: "Weather in Oslo?",
      tools: [{ type: "function", function: { name: "get_weather", parameters } }],
      tool_choice: "required",
    });
    await run(id);
    const { output, finish_reason } = await result(id);
    expect(finish_reason).toBe("tool_calls");
    expect(output?.tool_calls?.[0]?.function.name).toBe("get_weather");
  });

  it("answers test keys itself and calls no provider", async () => {
    const before = stack.simulator.calls().total;
    const id = await account.submit({ prompt: "Hello" }, "test");
    expect(await run(id)).toEqual({ action: "acknowledge" });
    expect(stack.simulator.calls().total).toBe(before);
    expect(await ledger(id)).toMatchObject([{ billable: false, costMicros: 0n, status: "completed" }]);
  });

  it("completes an answer that the provider's filter has cut off", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:filter]]" });
    await run(id);
    expect(await result(id)).toMatchObject({ status: "completed", finish_reason: "content_filter" });
  });
});

describe("a job that fails", () => {
  it("waits as long as the provider asks, then succeeds, and pays once", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:429:7x1:once]]" });
    const disposition = await run(id);
    expect(disposition).toMatchObject({ action: "retry" });
    expect(disposition.action === "retry" && disposition.delayMs).toBeGreaterThanOrEqual(7_000);
    expect(await row(id)).toMatchObject({ status: "queued", attempts: 1, leaseOwner: null });
    expect(await runAgain(id)).toEqual({ action: "acknowledge" });
    expect(await ledger(id)).toHaveLength(1);
    expect(await reserved()).toBe(0);
  });

  it.each(["500x1:a", "503x1:b", "timeoutx1:c", "halfx1:d", "garbagex1:e", "hugex1:f"])(
    "survives %s",
    async (failure) => {
      const id = await account.submit({ prompt: `Hello [[sim:${failure}]]` });
      expect(await run(id)).toMatchObject({ action: "retry" });
      expect(await runAgain(id)).toEqual({ action: "acknowledge" });
      expect((await row(id)).status).toBe("completed");
      expect(await ledger(id)).toHaveLength(1);
    },
  );

  it("ends as failed after its last attempt, unbilled, with a reason, and its message is kept", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:500]]" });
    await run(id);
    await runAgain(id);
    expect(await runAgain(id)).toEqual({ action: "dead_letter", reason: "attempts exhausted: server" });
    expect(await result(id)).toMatchObject({
      status: "failed",
      error: { code: "provider_error" },
      cost_micros: 0,
    });
    expect(await ledger(id)).toMatchObject([{ status: "failed", billable: false, costMicros: 0n }]);
    expect(await reserved()).toBe(0);
  });

  it.each([
    ["400", "provider_rejected"],
    ["401", "provider_unavailable"],
    ["filter:1", "content_filtered"],
  ])("does not repeat %s", async (failure, code) => {
    const id = await account.submit({
      prompt: `Hello [[sim:${failure}]] [[nonce:final-${failure.replace(":", "-")}]]`,
    });
    expect(await run(id)).toEqual({ action: "acknowledge" });
    expect(await result(id)).toMatchObject({ status: "failed", error: { code } });
    expect(stack.simulator.calls().by_nonce[`final-${failure.replace(":", "-")}`]).toBe(1);
  });

  /** A maker that answers every call with this refusal, at an address of its own. */
  async function refusedWith(error: { message: string; code: string; param: string | null }) {
    const maker = createServer((_request, response) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { type: "invalid_request_error", ...error } }));
    });
    await once(maker.listen(0, "127.0.0.1"), "listening");
    const address = maker.address();
    if (address === null || typeof address === "string") throw new Error("the maker has no port");
    try {
      const id = await account.submit({ prompt: "Hello", temperature: 1.5 });
      const openai = providerModules.openai.connect({
        apiKey: "sk-test",
        baseUrl: `http://127.0.0.1:${address.port}/v1`,
      });
      expect(await run(id, { providers: { ...context.providers, openai } })).toEqual({
        action: "acknowledge",
      });
      return id;
    } finally {
      maker.close();
    }
  }

  it.each([
    ["temperature", { message: "No.", code: "unsupported_value", param: "temperature" }, "temperature"],
    [
      "an image",
      {
        message: "Error while downloading https://a.example/x.png.",
        code: "invalid_image_url",
        param: "messages[0].content[1].image_url.url",
      },
      "messages[0].content[1].image_url.url",
    ],
    ["what is no field of the customer's", { message: "No.", code: "x", param: "organization.org-1" }, null],
    ["without a word", { message: "", code: "x", param: null }, null],
  ])("names the field in every view when the provider refuses %s", async (_what, error, param) => {
    const requestId = await refusedWith(error);
    const key = { orgId: account.orgId, environment: "all", requestId } as const;
    const views = [getInference(db, key), getInferenceResult(db, key), getInferenceDetail(db, key)];
    for (const view of await Promise.all(views)) {
      expect(view.error).toMatchObject({ code: "provider_rejected", param });
    }
  });
});

describe("a job that is interrupted", () => {
  it("stops the call when the customer cancels, unbilled", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:20000]]" });
    const disposition = run(id, { providerTimeoutMs: 30_000 });
    await until(async () => (await row(id)).status === "processing");
    await cancelInference(db, { orgId: account.orgId, environment: "all", requestId: id });
    expect(await disposition).toEqual({ action: "acknowledge" });
    expect(await ledger(id)).toMatchObject([{ status: "cancelled", billable: false, outputTokens: 0n }]);
    expect(await reserved()).toBe(0);
  });

  it("releases the request at shutdown, at once and without counting the attempt", async () => {
    const shutdown = new AbortController();
    const id = await account.submit({ prompt: "Hello [[sim:slow:20000]]" });
    const disposition = run(id, { providerTimeoutMs: 30_000 }, shutdown.signal);
    await until(async () => (await row(id)).status === "processing");
    shutdown.abort();
    expect(await disposition).toEqual({ action: "retry", delayMs: 0 });
    const { status, attempts, maxAttempts } = await row(id);
    expect({ status, left: maxAttempts - attempts }).toEqual({ status: "queued", left: 3 });
    await cancelInference(db, { orgId: account.orgId, environment: "all", requestId: id });
  });

  it("takes no new call once the process is going", async () => {
    const id = await account.submit({ prompt: "Hello [[nonce:going]]" });
    expect(await run(id, {}, AbortSignal.abort())).toEqual({ action: "retry", delayMs: 0 });
    expect(stack.simulator.calls().by_nonce.going).toBeUndefined();
    await cancelInference(db, { orgId: account.orgId, environment: "all", requestId: id });
  });

  it("stops when another worker holds the lease, and changes nothing", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:20000]]" });
    const disposition = run(id, { providerTimeoutMs: 30_000 });
    await until(async () => (await row(id)).status === "processing");
    await db.$executeRaw`UPDATE inference_requests SET lease_expires_at = now() - interval '1 second' WHERE id = ${id}::uuid`;
    const claim = await claimRequest(db, { requestId: id, owner: "another", leaseMs: 60_000 });
    expect(claim.outcome).toBe("claimed");
    expect(await disposition).toEqual({ action: "leave", because: "lease lost" });
    expect(await row(id)).toMatchObject({ status: "processing", leaseOwner: "another" });
    expect(await ledger(id)).toEqual([]);
  });

  it("drops an answer that comes after the lease has gone, unbilled", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:600]]" });
    const disposition = run(id);
    await until(async () => (await row(id)).status === "processing");
    await db.$executeRaw`UPDATE inference_requests SET lease_owner = 'another', attempts = attempts + 1 WHERE id = ${id}::uuid`;
    expect(await disposition).toEqual({ action: "leave", because: "lease lost" });
    expect(await ledger(id)).toEqual([]);
  });

  it("keeps the lease while the provider thinks longer than it lasts", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:4500]]" });
    expect(await run(id, { leaseMs: 1_500, providerTimeoutMs: 10_000 })).toEqual({ action: "acknowledge" });
    expect(await row(id)).toMatchObject({ status: "completed", attempts: 1 });
  });
});

describe("a message that is no job", () => {
  const message = (body: string): QueueMessage => ({
    id: "m",
    receiptHandle: "r",
    body,
    receiveCount: 1,
    queueName: "standard",
  });
  const fateOf = (body: string) => runJob(context, message(body), { shutdown: running.signal });

  it.each(["", "not json", "[]", '{"request_id": 7}', '{"request_id": "abc"}'])(
    "is set aside: %s",
    async (body) => {
      expect(await fateOf(body)).toEqual({ action: "dead_letter", reason: "unreadable message" });
    },
  );

  it("is set aside when nobody knows its request", async () => {
    const body = JSON.stringify({ request_id: "0193a3a0-0000-7000-8000-000000000000" });
    expect(await fateOf(body)).toEqual({ action: "dead_letter", reason: "unknown request" });
  });

  it("is dropped when its request has ended", async () => {
    const id = await account.submit({ prompt: "Hello" });
    await run(id);
    expect(await fateOf(JSON.stringify({ request_id: id }))).toEqual({ action: "acknowledge" });
    expect(await ledger(id)).toHaveLength(1);
  });

  it("waits for the worker that has its request", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:slow:600]]" });
    const first = run(id);
    await until(async () => (await row(id)).status === "processing");
    const second = await fateOf(JSON.stringify({ request_id: id }));
    expect(second.action === "retry" && second.delayMs).toBeGreaterThan(1_000);
    expect(await first).toEqual({ action: "acknowledge" });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 5_000; !(await condition()); ) {
    if (Date.now() > deadline) throw new Error("it did not happen within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
