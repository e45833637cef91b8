import { beforeAll, describe, expect, it } from "vitest";
import { systemPort } from "../../../infra/local/process/ports";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { customer, makeKey } from "../../support/people";

const stack = await useTestStack();
const workerPort = await systemPort();
let processes: TestProcesses;
let api: Api;
let key: string;

beforeAll(async () => {
  processes = await startTestProcesses({
    server: true,
    workers: 1,
    env: { WORKER_METRICS_PORT: String(workerPort) },
  });
  api = await openApi(processes);
  key = await makeKey(api, await customer(api, stack));
});

async function scrape(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** The value of one series; undefined when there is none. */
function value(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const line = text
    .split("\n")
    .find(
      (line) =>
        (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) &&
        Object.entries(labels).every(([key, label]) => line.includes(`${key}="${label}"`)),
    );
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

const ofServer = () => scrape(`${api.url}/api/metrics`);
const ofWorker = () => scrape(`http://127.0.0.1:${workerPort}/metrics`);

describe("the server's metrics", () => {
  it("count requests, errors and time by route pattern, with one series for all unknown paths", async () => {
    await api.get("/api/v1/models", { as: key });
    await api.get("/api/v1/inference/inf_01kaq8v3e9f0tb2m6c4x7r5zhd", { as: key });
    await api.get("/api/v1/models");
    for (const path of ["/api/v1/a", "/api/v1/b", "/api/v1/c?x=1"]) await api.get(path);
    const text = await ofServer();
    const models = { route: "/api/v1/models", method: "GET" };
    expect(value(text, "agatha_http_requests_total", { ...models, status: "200" })).toBeGreaterThanOrEqual(1);
    expect(value(text, "agatha_http_errors_total", { ...models, code: "missing_credentials" })).toBe(1);
    expect(
      value(text, "agatha_http_request_duration_seconds_count", { ...models, status_class: "2xx" }),
    ).toBe(value(text, "agatha_http_requests_total", { ...models, status: "200" }));
    expect(value(text, "agatha_http_requests_total", { route: "unknown", status: "404" })).toBe(3);
    expect(value(text, "agatha_http_requests_total", { route: "/api/v1/inference/:id" })).toBe(1);
    expect(text).not.toContain("inf_01kaq8v3e9f0tb2m6c4x7r5zhd");
  });

  it("include queues, backlog, partitions, pool, limiter and process", async () => {
    const text = await ofServer();
    for (const queue of ["standard", "enterprise", "dead"]) {
      expect(value(text, "agatha_queue_messages", { queue, state: "ready" }), queue).toBeGreaterThanOrEqual(
        0,
      );
    }
    for (const queue of ["standard", "enterprise"]) {
      expect(value(text, "agatha_queue_oldest_age_seconds", { queue }), queue).toBeGreaterThanOrEqual(0);
    }
    expect(value(text, "agatha_partitions_ahead", { table: "inference_requests", period: "month" })).toBe(3);
    expect(value(text, "agatha_partitions_ahead", { table: "usage_ledger", period: "month" })).toBe(3);
    expect(value(text, "agatha_partitions_ahead", { table: "audit_logs", period: "week" })).toBe(6);
    expect(value(text, "agatha_db_pool_connections", { state: "total" })).toBeGreaterThan(0);
    expect(value(text, "agatha_db_server_connections_ratio")).toBeGreaterThan(0);
    expect(value(text, "agatha_db_server_connections_ratio")).toBeLessThanOrEqual(1);
    // One machine, one clock; what is left is how long the question took.
    expect(Math.abs(value(text, "agatha_clock_skew_seconds") ?? Number.NaN)).toBeLessThan(5);
    expect(
      value(text, "agatha_limiter_decisions_total", { source: "postgres", outcome: "allowed" }),
    ).toBeGreaterThan(0);
    // The link that verifies the address, and that it was verified.
    expect(value(text, "agatha_emails_total", { outcome: "sent" })).toBe(2);
    expect(value(text, "agatha_metrics_source_up", { source: "queue" })).toBe(1);
    expect(value(text, "agatha_metrics_source_up", { source: "database" })).toBe(1);
    expect(value(text, "process_start_time_seconds")).toBeGreaterThan(0);
    expect(value(text, "nodejs_eventloop_lag_p99_seconds")).toBeGreaterThanOrEqual(0);
  });

  it("are hidden from every caller behind a proxy, as if the path did not exist", async () => {
    const headers = { "x-forwarded-for": "203.0.113.9" };
    expectRefusal(await api.get("/api/metrics", { headers }), 404, "unknown_route");
  });
});

describe("the worker's metrics", () => {
  it("count claims, attempts, provider time, tokens and retries", async () => {
    const labels = { provider: "openai", model: "gpt-4o" };
    for (const prompt of ["Hello", "Hello [[sim:fail:503x1]]"]) {
      await api.post("/api/v1/inference", {
        as: key,
        headers: { prefer: "wait=20" },
        body: { model: "gpt-4o", prompt },
      });
    }
    const text = await ofWorker();
    expect(value(text, "agatha_worker_claims_total", { outcome: "claimed" })).toBeGreaterThanOrEqual(2);
    expect(value(text, "agatha_worker_requests_ended_total", { status: "completed" })).toBe(2);
    expect(value(text, "agatha_provider_request_duration_seconds_count", labels)).toBeGreaterThanOrEqual(2);
    expect(value(text, "agatha_provider_tokens_total", { ...labels, direction: "output" })).toBeGreaterThan(
      0,
    );
    expect(value(text, "agatha_worker_jobs_in_flight", { queue: "enterprise" })).toBe(0);
  });

  it("are served at one path and nothing else is", async () => {
    expect((await fetch(`http://127.0.0.1:${workerPort}/`)).status).toBe(404);
    const proxied = await fetch(`http://127.0.0.1:${workerPort}/metrics`, { headers: { via: "1.1 proxy" } });
    expect(proxied.status).toBe(404);
  });
});

it("with a metrics token configured, only that token is accepted: 401 without it or with another", async () => {
  const guarded = await startTestProcesses({ server: true, env: { METRICS_TOKEN: "scrape-me-if-you-can" } });
  const other = await openApi(guarded);
  expectRefusal(await other.get("/api/metrics"), 401, "missing_credentials");
  expectRefusal(
    await other.get("/api/metrics", { as: "scrape-me-if-you-cannot" }),
    401,
    "missing_credentials",
  );
  const granted = await other.get("/api/metrics", { as: "scrape-me-if-you-can" });
  expect(granted.status).toBe(200);
  await guarded.stop();
});

it("a scrape says which source is unreachable instead of showing its last values", async () => {
  await stack.sqs.stop();
  try {
    await expect
      .poll(async () => value(await ofServer(), "agatha_metrics_source_up", { source: "queue" }), {
        timeout: 15_000,
      })
      .toBe(0);
    expect(value(await ofServer(), "agatha_queue_messages")).toBeUndefined();
  } finally {
    await stack.sqs.start();
  }
});
