import { Agent, request } from "node:http";
import { expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { openApi } from "../../support/client";
import { query } from "../../support/database";
import { customer, makeKey } from "../../support/people";

const stack = await useTestStack();

it("on SIGTERM a waiting call gets the current state, new ones are refused, and the process exits with 0", async () => {
  const processes = await startTestProcesses({ server: true });
  const api = await openApi(processes);
  const key = await makeKey(api, await customer(api, stack));

  // No worker runs, so this would wait its whole minute.
  const waiting = api.post("/api/v1/inference", {
    as: key,
    body: { model: "gpt-4o", prompt: "Hello" },
    headers: { prefer: "wait=60" },
  });
  await until(async () => (await query("SELECT 1 FROM inference_requests")).length === 1);
  const stopped = processes.server?.stop();
  const reply = await waiting;
  expect([reply.status, reply.json.status]).toEqual([202, "queued"]);
  expect(await stopped).toBe(0);
  await expect(fetch(`${api.url}/api/health`)).rejects.toThrow();
  expect(processes.server?.logs()).toContain('"msg":"stopped"');
});

it("behind load balancers, readiness turns 503 at once while connections are still taken", async () => {
  const processes = await startTestProcesses({ server: true, env: { TRUSTED_PROXY_HOPS: "1" } });
  const agent = new Agent({ keepAlive: true });
  const ready = () => ask(`${processes.url}/api/ready`, agent);
  expect((await ready()).status).toBe(200);
  const stopped = processes.server?.stop();
  let answer = await ready();
  await until(async () => {
    answer = await ready();
    return answer.status !== 200;
  });
  expect(answer).toMatchObject({ status: 503, connection: "close", body: { status: "draining" } });
  expect(await stopped).toBe(0);
});

it("a bad environment is reported in one line per variable, without values, and the process exits with 1", async () => {
  const failed = startTestProcesses({
    server: true,
    env: { BLIND_INDEX_KEY: "hunter2", DATABASE_URL: "mysql://x" },
  });
  const message = await failed.then(() => "it started", String);
  expect(message).toContain("ended with 1");
  expect(message).toMatch(/^ {2}BLIND_INDEX_KEY: must be 32 bytes/m);
  expect(message).toMatch(/^ {2}DATABASE_URL: /m);
  expect(message).not.toContain("hunter2");
});

function ask(
  url: string,
  agent: Agent,
): Promise<{ status: number | undefined; connection: string | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => {
        resolve({
          status: response.statusCode,
          connection: response.headers.connection,
          body: JSON.parse(text),
        });
      });
    });
    call.on("error", reject).end();
  });
}
