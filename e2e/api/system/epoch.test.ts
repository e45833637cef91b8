import { beforeAll, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { EpochStore } from "../../../src/core/platform/cell/epoch-store";
import { createStorage } from "../../../src/core/platform/storage";
import { query } from "../../support/database";

const stack = await useTestStack();
const bucket = stack.env.S3_BUCKET ?? "";
let processes: TestProcesses;

beforeAll(async () => {
  const env = { CELL: "us", CELL_EPOCH_BUCKET: bucket, CELL_EPOCH_TTL_MS: "2000" };
  processes = await startTestProcesses({ server: true, workers: 1, env });
});

const statusOf = async (path: string, init?: RequestInit) => await fetch(processes.url + path, init);

/** What a promotion in another region begins with. */
async function promoteElsewhere() {
  const storage = createStorage({ region: "us-east-1", endpoint: stack.env.S3_ENDPOINT, bucket });
  await new EpochStore(storage, "us").raise(2, {
    at: new Date().toISOString(),
    database: "there",
    timeline: 1,
  });
  storage.close();
}

it("once another region is promoted, the old one answers 503 with retry-after, its workers end, and its database takes nothing more", async () => {
  expect((await statusOf("/api/ready")).status).toBe(200);
  const [worker] = processes.workers;
  await promoteElsewhere();
  await until(async () => (await statusOf("/api/ready")).status === 503);
  for (const [path, init] of [
    ["/api/v1/models", {}],
    ["/v1/chat/completions", { method: "POST", body: "{}" }],
    ["/api/webhooks/stripe", { method: "POST", body: "{}" }],
    ["/.well-known/openid-configuration", {}],
  ] as const) {
    const reply = await statusOf(path, init);
    expect(reply.status, path).toBe(503);
    expect(Number(reply.headers.get("retry-after")), path).toBeGreaterThan(0);
    expect(await reply.json()).toMatchObject({ error: { code: "service_unavailable" } });
  }
  expect((await statusOf("/api/health")).status).toBe(200);
  expect(await worker?.exited).toBe(0);
  await until(async () => (await supersededBy()) === 2);

  // Restarted, as a supervisor would: the same.
  await processes.server?.kill();
  await processes.restartServer();
  expect((await statusOf("/api/ready")).status).toBe(503);
});

const supersededBy = async () =>
  (await query<{ by: number | null }>("SELECT superseded_by AS by FROM cell_epoch"))[0]?.by;
