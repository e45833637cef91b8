import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
import { customer, makeKey, type Person } from "../../support/people";

const stack = await useTestStack({ WEBHOOK_PRIVATE_TARGETS: "true" });
let processes: TestProcesses;
let api: Api;
let ada: Person;
let receiver: Server;
let target: string;
/** What the receiver got, by path; what it answers next, 200 unless set. */
const got: { path: string; headers: IncomingMessage["headers"]; body: string }[] = [];
let answer: number | "hang" = 200;

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    got.push({ path: request.url ?? "", headers: request.headers, body });
    if (answer !== "hang") response.writeHead(answer).end("noted");
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  target = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  processes = await startTestProcesses({ server: true, workers: 1 });
  api = await openApi(processes);
  ada = await customer(api, stack);
});
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});

const path = "/api/v1/webhooks";
const foreign = "whe_01m844dwt2e7xshsqpzrgk79p6";
const foreignDelivery = "whd_01m844dwt2e7xshsqpzrgk79p6";
let paths = 0;
const newTarget = () => `${target}/hook-${paths++}`;
const create = (body: object = {}, as = ada.accessToken) =>
  api.post(path, { as, body: { url: newTarget(), events: ["key.created"], ...body } });
const gotAt = (url: string) => got.filter((request) => `${target}${request.path}` === url);

async function arrived(url: string, count = 1) {
  await until(() => gotAt(url).length >= count, 20_000);
  return gotAt(url);
}

describe("webhooks over the API", () => {
  it("201, 200: created with its secret, then listed, read and changed without it; deleted, then 404", async () => {
    const created = await create({ description: "Orders" });
    expect(created.status, created.text).toBe(201);
    const { id, secret } = created.json;
    expect(secret).toMatch(/^whsec_/);
    const as = ada.accessToken;
    expect((await api.get(path, { as })).text).not.toContain(secret);
    expect((await api.get(`${path}/${id}`, { as })).json).toMatchObject({ id, status: "enabled" });
    const changed = await api.call("PATCH", `${path}/${id}`, {
      as,
      body: { enabled: false, events: ["key.revoked", "key.revoked"] },
    });
    expect(changed.json).toMatchObject({ status: "disabled", events: ["key.revoked"] });
    expectRefusal(await api.post(`${path}/${id}/test`, { as }), 409, "conflict");
    expect((await api.delete(`${path}/${id}`, { as })).json).toEqual({
      id,
      object: "webhook_endpoint",
      deleted: true,
    });
    expectRefusal(await api.get(`${path}/${id}`, { as }), 404, "not_found", "id");
  });

  it.each<[string, object, string, string]>([
    ["no URL", { url: undefined }, "invalid_request", "url"],
    ["text that is no URL", { url: "example" }, "invalid_request", "url"],
    ["another scheme", { url: "ftp://example.org/" }, "invalid_request", "url"],
    ["no events", { events: [] }, "invalid_request", "events"],
    ["an unknown event", { events: ["key.eaten"] }, "invalid_request", "events[0]"],
    ["a long description", { description: "x".repeat(121) }, "invalid_request", "description"],
    ["an unknown field", { secret: "whsec_mine" }, "unknown_parameter", "secret"],
  ])("400: %s", async (_name, body, code, param) => {
    expectRefusal(await create(body), 400, code, param);
  });

  it("401, 403, 404: without credentials, without the scope, of nobody", async () => {
    expectRefusal(await api.get(path), 401, "missing_credentials");
    const key = await makeKey(api, ada, { scopes: ["webhooks:read"] });
    expect((await api.get(path, { as: key })).status).toBe(200);
    expectRefusal(await create({}, key), 403, "insufficient_scope");
    const as = ada.accessToken;
    for (const refused of [
      await api.call("PATCH", `${path}/${foreign}`, { as, body: {} }),
      await api.post(`${path}/${foreign}/rotate-secret`, { as }),
      await api.post(`${path}/${foreign}/test`, { as }),
      await api.delete(`${path}/${foreign}`, { as }),
      await api.get(`${path}/${foreign}/deliveries`, { as }),
      await api.get(`/api/v1/webhook-deliveries/${foreignDelivery}`, { as }),
      await api.post(`/api/v1/webhook-deliveries/${foreignDelivery}/redeliver`, { as }),
    ]) {
      expectRefusal(refused, 404, "not_found", "id");
    }
    expectRefusal(await api.get(`${path}/key_x`, { as }), 400, "invalid_id", "id");
  });

  it("the end of a request arrives within seconds, signed, with its figures and nothing of its content", async () => {
    const url = newTarget();
    const { secret } = (await create({ url, events: ["inference.completed", "inference.failed"] })).json;
    const key = await makeKey(api, ada);
    const submitted = await api.post("/api/v1/inference", {
      as: key,
      headers: { prefer: "wait=30" },
      body: { model: "gpt-4o", prompt: "Repeat canary-of-the-prompt", max_tokens: 16 },
    });
    const [event] = await arrived(url);
    if (event === undefined) throw new Error("no event");
    const verified = new Webhook(secret).verify(event.body, event.headers as Record<string, string>);
    expect(verified).toMatchObject({
      type: "inference.completed",
      organization_id: ada.orgId,
      environment: "live",
      data: {
        id: submitted.json.id,
        status: "completed",
        model: "gpt-4o",
        usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
        error_code: null,
      },
    });
    expect(event.body).not.toContain("canary-of-the-prompt");
    expect(gotAt(url)).toHaveLength(1);
  });

  it("a receiver that fails and comes back misses nothing, and gets the same webhook-id", async () => {
    const url = newTarget();
    const { id } = (await create({ url })).json;
    const as = ada.accessToken;
    answer = 503;
    const test = (await api.post(`${path}/${id}/test`, { as })).json;
    await arrived(url);
    answer = 200;
    await arrived(url, 2);
    const ids = new Set(gotAt(url).map(({ headers }) => headers["webhook-id"]));
    expect(ids).toEqual(new Set([test.event_id]));
    const detail = `/api/v1/webhook-deliveries/${test.id}`;
    await until(async () => (await api.get(detail, { as })).json.status === "delivered");
    const { json } = await api.get(detail, { as });
    expect(json.tries.map(({ status }) => status)).toEqual([200, 503]);
    expect(json.payload).toEqual(JSON.parse(gotAt(url)[0]?.body ?? ""));
    expect((await api.post(`${detail}/redeliver`, { as })).status).toBe(201);
    await arrived(url, 3);
    const listed = await api.get(`${path}/${id}/deliveries`, { as });
    expect(listed.json.data).toHaveLength(1);
  });

  it("410 disables the endpoint", async () => {
    const url = newTarget();
    const { id } = (await create({ url })).json;
    const as = ada.accessToken;
    answer = 410;
    await api.post(`${path}/${id}/test`, { as });
    await until(async () => (await api.get(`${path}/${id}`, { as })).json.disabled_because === "gone");
    answer = 200;
  });

  it("an event whose worker is killed while it sends arrives by the next one", async () => {
    const url = newTarget();
    const { id } = (await create({ url })).json;
    answer = "hang";
    await api.post(`${path}/${id}/test`, { as: ada.accessToken });
    await arrived(url);
    await processes.workers[0]?.kill("SIGKILL");
    answer = 200;
    await processes.addWorker();
    // As if the minute of its claim had passed.
    await query("UPDATE webhook_deliveries SET next_attempt_at = now() WHERE status = 'pending'");
    await arrived(url, 2);
    expect(new Set(gotAt(url).map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });

  it("owners are emailed of the endpoint that was disabled", async () => {
    const told = () =>
      stack.mailbox
        .messagesTo(ada.email)
        .filter(({ subject }) => subject === "A webhook endpoint was disabled");
    // The worker that has just started looks at once.
    await until(() => told().length > 0, 20_000);
    expect(told()).toHaveLength(1);
  });
});
