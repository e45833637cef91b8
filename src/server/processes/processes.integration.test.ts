import { readFileSync } from "node:fs";
import { createDb } from "@agathaai/core/platform/db/client";
import { beforeAll, expect, it } from "vitest";
import { type Api, openApi } from "../../../e2e/support/client";
import { customer, makeKey, setPlan } from "../../../e2e/support/people";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";

const PROCESSES = 3;
const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 2 });
let processes: TestProcesses;
let api: Api;

beforeAll(async () => {
  processes = await startTestProcesses({
    server: true,
    env: { SERVER_PROCESSES: String(PROCESSES), SERVE: "api" },
  });
  api = await openApi(processes);
  await until(async () => (await alive()) === PROCESSES);
});

const alive = () => db.admissionProcess.count();

/** Each over a connection of its own, so that they are handed around. */
const ask = (key: string, content = "Hello") =>
  fetch(`${api.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, connection: "close" },
    body: JSON.stringify({ model: "gpt-4o", max_tokens: 16, messages: [{ role: "user", content }] }),
  });

it("lets exactly as many calls a minute through as the plan allows, whichever of three processes is asked", async () => {
  const person = await customer(api, stack);
  await setPlan(person, "free");
  const key = await makeKey(api, person);
  // The window slides: two halves of a burst on both sides of a full minute would be let through eleven times.
  await until(() => Date.now() % 60_000 < 50_000);
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(key)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(30);
  await until(async () => (await db.openCall.count()) === 0);
  expect(await db.usageLedger.count({ where: { status: "completed" } })).toBe(10);
});

it("gives the metrics of all three, whichever is scraped", async () => {
  const asked = 30;
  for (let i = 0; i < asked; i++)
    await fetch(`${api.url}/api/v1/models`, { headers: { connection: "close" } });
  for (let scrape = 0; scrape < PROCESSES; scrape++) {
    const response = await fetch(`${api.url}/api/metrics`, { headers: { connection: "close" } });
    const text = await response.text();
    const counted = [
      ...text.matchAll(/^agatha_http_requests_total\{[^}]*route="\/api\/v1\/models"[^}]*\} (\d+)$/gm),
    ];
    expect(counted.reduce((sum, [, value]) => sum + Number(value), 0)).toBe(asked);
    expect(text).toContain(`agatha_admission_processes ${PROCESSES}\n`);
  }
});

it("starts a process again that was killed", async () => {
  const [killed] = childrenOf(processes.server);
  if (killed === undefined) throw new Error("the server has no processes");
  process.kill(killed, "SIGKILL");
  await until(() => {
    const running = childrenOf(processes.server);
    return running.length === PROCESSES && !running.includes(killed);
  });
  await until(async () => (await fetch(`${api.url}/api/health`, { signal: AbortSignal.timeout(2_000) })).ok);
}, 90_000);

it("drains all of them and ends when it is told to", async () => {
  expect(await processes.server?.stop()).toBe(0);
  expect(await alive()).toBeLessThanOrEqual(1);
});

function childrenOf(server: TestProcesses["server"]): number[] {
  if (server === undefined) return [];
  const text = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}
