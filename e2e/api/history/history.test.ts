import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
import { customer, makeKey, type Person } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;
let eve: Person;
let key: string;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
  ada = await customer(api, stack);
  eve = await customer(api, stack);
  key = await makeKey(api, ada);
});

const secret = "a very private prompt";
const ask = async (more: object = {}, as = key): Promise<string> => {
  const reply = await api.post("/api/v1/inference", {
    as,
    body: { model: "gpt-4o", prompt: secret, max_tokens: 20, ...more },
    headers: { prefer: "wait=20" },
  });
  expect(reply.status).toBe(200);
  return reply.json.id;
};
const list = (search = "", as = key) => api.get(`/api/v1/history${search}`, { as });
const idsOf = async (search = "") => (await list(search)).json.data.map(({ id }) => id);

describe("GET /api/v1/history", () => {
  it("200: the caller's own requests, newest first, page by page, without content", async () => {
    const ids = [await ask({ metadata: { customer: "42 & co", job: "x" } }), await ask({ model: "gpt-4" })];
    const all = await list();
    expect(all.json.data.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(all.json.data[1]).toMatchObject({
      metadata: { customer: "42 & co" },
      error: null,
      environment: "live",
    });
    expect(all.json.data[0].usage.total_tokens).toBeGreaterThan(0);
    expect(all.text).not.toContain(secret);
    const first = await list("?limit=1");
    const second = await list(`?limit=1&cursor=${first.json.next_cursor}`);
    expect([first.json.data[0].id, second.json.data[0].id]).toEqual(ids.toReversed());
    expect(second.json.next_cursor).toBeNull();
    expect((await list("", eve.accessToken)).json.data).toEqual([]);

    expect(await idsOf("?model=gpt-4")).toEqual([ids[1]]);
    expect(await idsOf("?status=failed")).toEqual([]);
    expect(await idsOf("?metadata[customer]=42%20%26%20co&metadata[job]=x")).toEqual([ids[0]]);
    expect(await idsOf("?metadata%5Bcustomer%5D=42")).toEqual([]);
    expect(await idsOf(`?created_before=${encodeURIComponent(all.json.data[0].created_at)}`)).toEqual([
      ids[0],
    ]);
    const [stored] = await query("SELECT string_agg(r::text, '') AS rows FROM inference_requests r");
    expect(JSON.stringify(stored)).not.toContain("42 & co");
  });

  it.each([
    ["limit=0", "invalid_request", "limit"],
    ["limit=101", "invalid_request", "limit"],
    ["status=done", "invalid_request", "status"],
    ["model=%00", "invalid_request", "model"],
    ["environment=prod", "invalid_request", "environment"],
    ["api_key_id=inf_01m844dwt2emvr8rasx2tvmp16", "invalid_id", "api_key_id"],
    ["created_after=yesterday", "invalid_request", "created_after"],
    ["created_before=0000-01-01T00:00:00Z", "invalid_request", "created_before"],
    ["cursor=nonsense", "invalid_cursor", "cursor"],
    ["metadata=x", "invalid_request", "metadata"],
    ["metadata[a]=1&metadata[a]=2", "invalid_request", "metadata.a"],
    ["page=2", "unknown_parameter", "page"],
  ])("400 for ?%s", async (search, code, param) => {
    expectRefusal(await list(`?${search}`), 400, code, param);
  });

  it("401 without credentials, and 403 without the scope", async () => {
    expectRefusal(await api.get("/api/v1/history"), 401, "missing_credentials");
    const other = await makeKey(api, ada, { scopes: ["inference:write", "history:read"] });
    expect((await list("", other)).status).toBe(200);
    expectRefusal(
      await api.delete("/api/v1/history/inf_01m844dwt2emvr8rasx2tvmp16", { as: other }),
      403,
      "insufficient_scope",
    );
  });
});

describe("DELETE /api/v1/history/{id}", () => {
  const remove = (id: string, as = key) => api.delete(`/api/v1/history/${id}`, { as });

  it("200: a deleted request can no longer be read by any route", async () => {
    const id = await ask();
    expect((await remove(id)).json).toEqual({ id, object: "inference", deleted: true });
    for (const path of [`/api/v1/inference/${id}`, `/api/v1/inference/${id}/result`]) {
      expectRefusal(await api.get(path, { as: key }), 404, "not_found", "id");
    }
    expectRefusal(await api.post(`/api/v1/inference/${id}/cancel`, { as: key }), 404, "not_found", "id");
    expectRefusal(await remove(id), 404, "not_found", "id");
    expect(await idsOf()).not.toContain(id);
  });

  it("404 for another organization's request, which stays; 400 for a malformed ID", async () => {
    const id = await ask();
    expectRefusal(await remove(id, eve.accessToken), 404, "not_found", "id");
    expect((await api.get(`/api/v1/inference/${id}/result`, { as: key })).status).toBe(200);
    expectRefusal(await remove("inf_"), 400, "invalid_id", "id");
  });

  it("409 while the request has not ended", async () => {
    stack.simulator.behave("slow:3000");
    try {
      const { json } = await api.post("/api/v1/inference", {
        as: key,
        body: { model: "gpt-4o", prompt: "slow", max_tokens: 20 },
      });
      expectRefusal(await remove(json.id), 409, "conflict", "id");
      await api.post(`/api/v1/inference/${json.id}/cancel`, { as: key });
    } finally {
      stack.simulator.behave(null);
    }
  });
});
