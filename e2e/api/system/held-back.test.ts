import { afterAll, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { startTcpProxy } from "../../../infra/testing/tcp-proxy";
import { useTestStack } from "../../../infra/testing/use-test-stack";

const stack = await useTestStack();
const store = await startTcpProxy(Number(new URL(stack.env.S3_ENDPOINT ?? "").port));
afterAll(() => store.stop());

it("a process that cannot read the tombstones is alive but serves nothing until it has read them", async () => {
  await store.stop();
  const { url } = await startTestProcesses({
    server: true,
    env: { S3_ENDPOINT: `http://127.0.0.1:${store.port}` },
  });
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
  for (const path of ["/api/ready", "/api/v1/models", "/.well-known/jwks.json"]) {
    const response = await fetch(url + path);
    expect(response.status, path).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toMatchObject({ error: { code: "service_unavailable" } });
  }
  await store.start();
  await expect
    .poll(async () => (await fetch(`${url}/api/ready`)).status, { timeout: 30_000, interval: 200 })
    .toBe(200);
}, 120_000);
