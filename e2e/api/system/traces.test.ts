import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { query } from "../../support/database";
import { type Collector, type ReceivedSpan, startCollector } from "../../support/otlp";
import { customer, makeKey } from "../../support/people";

const stack = await useTestStack();
let collector: Collector;
let processes: TestProcesses;
let api: Api;
let key: string;

beforeAll(async () => {
  collector = await startCollector();
  processes = await startTestProcesses({
    server: true,
    workers: 1,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRIC_EXPORT_INTERVAL: "2000",
      WORKER_RECOVER_INTERVAL_MS: "500",
      WORKER_LEASE_MS: "3000",
    },
  });
  api = await openApi(processes);
  key = await makeKey(api, await customer(api, stack));
});

async function ask(traceId: string, prompt: string) {
  const reply = await api.post("/api/v1/inference", {
    as: key,
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    body: { model: "gpt-4o", prompt },
  });
  expect(reply.status).toBe(202);
  return reply.json.id as string;
}

const spansOf = (traceId: string) => collector.spans().filter((span) => span.traceId === traceId);
const named = (spans: ReceivedSpan[], name: string) => spans.find((span) => span.name === name);

it("one trace spans the caller, server, queue, worker and provider", async () => {
  const traceId = randomBytes(16).toString("hex");
  await ask(traceId, "Hello");
  await expect.poll(() => named(spansOf(traceId), "process inference"), { timeout: 15_000 }).toBeDefined();
  await expect.poll(() => spansOf(traceId).length, { timeout: 60_000 }).toBe(6);

  const spans = spansOf(traceId);
  const tree = spans.map(({ service, name, parentId }) => ({
    service,
    name,
    parent: spans.find(({ spanId }) => spanId === parentId)?.name ?? parentId,
  }));
  expect(tree).toHaveLength(6);
  expect(tree).toEqual(
    expect.arrayContaining([
      { service: "agathaai-server", name: "POST /api/v1/inference", parent: "00f067aa0ba902b7" },
      { service: "agathaai-server", name: "accept inference", parent: "POST /api/v1/inference" },
      { service: "agathaai-server", name: "send inference", parent: "accept inference" },
      { service: "agathaai-worker", name: "process inference", parent: "accept inference" },
      { service: "agathaai-worker", name: "chat gpt-4o", parent: "process inference" },
      { service: "agathaai-worker", name: "settle inference", parent: "process inference" },
    ]),
  );
});

it("a request whose message was lost still belongs to its trace when it is sent again", async () => {
  const traceId = randomBytes(16).toString("hex");
  await stack.sqs.stop();
  try {
    await ask(traceId, "Hello again");
    await expect
      .poll(() => named(spansOf(traceId), "send inference"), { timeout: 15_000 })
      .toMatchObject({ attributes: { "error.type": "service_unavailable" } });
  } finally {
    await stack.sqs.start();
  }
  // A fresh one: the other waits up to 15 seconds before it asks a queue again that was away.
  await processes.addWorker();
  await expect.poll(() => named(spansOf(traceId), "process inference"), { timeout: 25_000 }).toBeDefined();
  expect(named(spansOf(traceId), "send inference again")).toBeDefined();
}, 60_000);

it("the customer sees the trace's ID in the request's detail, not how we propagate it", async () => {
  const traceId = randomBytes(16).toString("hex");
  await ask(traceId, "Hello");
  const rows = await query<{ trace_id: string }>(
    "SELECT trace_id FROM inference_requests WHERE trace_id LIKE $1",
    [`%${traceId}%`],
  );
  expect(rows).toEqual([{ trace_id: expect.stringMatching(`^00-${traceId}-[0-9a-f]{16}-01$`) }]);
});

it("a trace holds no prompt, no answer, no key and no address", async () => {
  const secret = `confidential-${randomUUID()}`;
  const traceId = randomBytes(16).toString("hex");
  await ask(traceId, `Repeat ${secret}`);
  await expect.poll(() => named(spansOf(traceId), "settle inference"), { timeout: 15_000 }).toBeDefined();
  const wire = collector.bytes().toString("latin1");
  expect(wire).not.toContain(secret);
  expect(wire).not.toContain(key);
  expect(wire).not.toContain("@example.com");
});

it("collected spans are sent before the process ends", async () => {
  const last = await startTestProcesses({
    server: true,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
  const traceId = randomBytes(16).toString("hex");
  const path = `/api/v1/models?${randomUUID()}`;
  await fetch(last.url + path, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
  expect(spansOf(traceId)).toEqual([]);
  expect(await last.server?.stop()).toBe(0);
  expect(named(spansOf(traceId), "GET /api/v1/models")).toBeDefined();
  expect(collector.bytes().toString("latin1")).not.toContain(path);
});

it("the metrics of server and worker reach the collector under the names that are scraped", async () => {
  await ask(randomBytes(16).toString("hex"), "Count me");
  const senders = (name: string) => [...(collector.metrics().get(name) ?? [])].sort();
  await expect
    .poll(() => senders("agatha_worker_requests_ended_total"), { timeout: 25_000 })
    .toContain("agathaai-worker");
  await expect
    .poll(() => senders("process_cpu_seconds_total"), { timeout: 25_000 })
    .toEqual(["agathaai-server", "agathaai-worker"]);
  expect(senders("agatha_http_request_duration_seconds")).toContain("agathaai-server");
  expect(senders("agatha_queue_messages")).toContain("agathaai-server");
}, 60_000);
