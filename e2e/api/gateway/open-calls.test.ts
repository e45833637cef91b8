import { beforeAll, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { customer, makeKey } from "../../support/people";

/** What one process answers at the same time is bounded, whoever asks. */

const stack = await useTestStack();
let api: Api;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, env: { OPEN_CALLS_MAX: "2" } }));
});

it("a process that answers as many calls as it can refuses the next with 503 and a time to come back, and takes it then", async () => {
  const keys = await Promise.all([1, 2, 3].map(async () => makeKey(api, await customer(api, stack))));
  const ask = (as: string | undefined, content: string, signal: AbortSignal) =>
    fetch(`${api.url}/v1/chat/completions`, {
      method: "POST",
      signal,
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content }], stream: true }),
    });
  const hangUp = new AbortController();
  const open = keys.slice(0, 2).map((key) => ask(key, "[[sim:slow:60000]]", hangUp.signal).catch(() => {}));
  await expect.poll(() => stack.simulator.calls().in_flight, { timeout: 20_000 }).toBe(2);

  const body = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };
  const next = () => api.post("/v1/chat/completions", { as: keys[2], body });
  const refused = await next();
  expectRefusal(refused, 503, "service_unavailable");
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(Number(refused.headers.get("retry-after-ms"))).toBe(1_000);
  expect(refused.headers.get("x-should-retry")).not.toBe("false");

  hangUp.abort();
  await Promise.all(open);
  await expect.poll(async () => (await next()).status, { timeout: 20_000 }).toBe(200);
}, 60_000);
