import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { customer, makeKey, type Person } from "../../support/people";

export const stack = await useTestStack();
export let processes: TestProcesses;
export let api: Api;
export let ada: Person;
export let key: string;

beforeAll(async () => {
  processes = await startTestProcesses({
    server: true,
    workers: 1,
    env: { WORKER_RECOVER_INTERVAL_MS: "500" },
  });
  api = await openApi(processes);
  ada = await customer(api, stack);
  key = await makeKey(api, ada);
});

export const ask = (text: string, extra: object = {}) => ({
  model: "gpt-4o",
  messages: [{ role: "user", content: text }],
  max_tokens: 64,
  ...extra,
});
export const submit = (body: object, headers: Record<string, string> = {}, as = key) =>
  api.post("/api/v1/inference", { as, body, headers });

export async function finished(id: string, as = key) {
  for (const deadline = Date.now() + 25_000; Date.now() < deadline; await sleep(100)) {
    const reply = await api.get(`/api/v1/inference/${id}/result`, { as });
    if (reply.status === 200) return reply;
    expect(reply.status).toBe(202);
    expect(reply.headers.get("retry-after")).toBe("1");
    expect(reply.json).toMatchObject({ output: null, usage: null, cost_micros: null });
  }
  throw new Error(`${id} was not finished in time`);
}
