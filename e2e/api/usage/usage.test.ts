import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { customer, makeKey, type Person } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;
let eve: Person;
let key: string;
const formula = '=HYPERLINK("http://x","y")';

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
  ada = await customer(api, stack);
  eve = await customer(api, stack);
  key = await makeKey(api, ada, { name: formula });
  for (const model of ["gpt-4o", "gpt-4o", "gpt-4"]) await ask(model);
});

const ask = async (model: string) => {
  const reply = await api.post("/api/v1/inference", {
    as: key,
    body: { model, prompt: "Hello", max_tokens: 20 },
    headers: { prefer: "wait=20" },
  });
  expect(reply.status).toBe(200);
  return reply.json;
};
const usage = (search = "", as = key) => api.get(`/api/v1/usage${search}`, { as });

describe("GET /api/v1/usage", () => {
  it("200: counts requests that ended a moment ago, with the cost and tokens of their results", async () => {
    const before = (await usage()).json.totals;
    expect(before).toMatchObject({ requests: 3, completed: 3, errors: 0 });
    const { usage: spent, cost_micros } = await ask("gpt-4o");
    const after = (await usage()).json.totals;
    expect(after.requests).toBe(4);
    expect(after.total_tokens - before.total_tokens).toBe(spent.total_tokens);
    expect(after.cost_micros - before.cost_micros).toBe(cost_micros);
    expect(after.latency_ms.p95).toBeGreaterThanOrEqual(after.latency_ms.p50);
  });

  it("200 for every interval and group, and the parts add up to the total", async () => {
    for (const interval of ["hour", "day", "month"]) {
      for (const group of ["model", "api_key", "status", "member", "endpoint"]) {
        const { json } = await usage(`?interval=${interval}&group_by=${group}`);
        expect(json).toMatchObject({ interval, group_by: group });
        const sum = (name: string) =>
          json.data.reduce((total, bucket) => total + Number(bucket[name] ?? 0), 0);
        for (const name of ["requests", "total_tokens", "cost_micros"])
          expect(sum(name)).toBe(json.totals[name]);
      }
    }
    const byKey = (await usage("?group_by=api_key")).json.data[0].group;
    expect(byKey).toMatchObject({ id: expect.stringMatching(/^key_/), label: formula });
    expect((await usage(`?api_key_id=${byKey.id}&group_by=model`)).json.data).toHaveLength(2);
    expect((await usage("?model=gpt-4")).json.totals.requests).toBe(1);
    expect((await usage("?status=failed")).json.totals.requests).toBe(0);
    expect((await usage("?environment=test", ada.accessToken)).json.totals.requests).toBe(0);
    expectRefusal(await usage("?environment=test"), 400, "invalid_request", "environment");
  });

  it("200: each endpoint by itself, by filter and by group, in JSON and in the file", async () => {
    const before = (await usage()).json.totals.requests;
    const chat = await api.post("/v1/chat/completions", {
      as: key,
      body: { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 20 },
    });
    expect(chat.status).toBe(200);
    const { data } = (await usage("?group_by=endpoint")).json;
    const counted = data.map(({ group, requests }) => ({
      ...group,
      requests,
    }));
    expect(counted).toEqual([
      { id: "/api/v1/inference", label: "Queue", requests: before },
      { id: "/v1/chat/completions", label: "Chat completions", requests: 1 },
    ]);
    const { totals } = (await usage("?endpoint=/v1/chat/completions")).json;
    expect(totals).toMatchObject({
      requests: 1,
      total_tokens: chat.json.usage.total_tokens,
      cache_write_tokens: 0,
    });
    expect((await usage("?endpoint=/v1/embeddings")).json.totals.requests).toBe(0);
    const file = await api.get("/api/v1/usage.csv?group_by=endpoint", { as: key });
    expect(file.text).toContain(",/v1/chat/completions,Chat completions,1,");
    expect(file.text).toMatch(
      /^start,.*,cached_input_tokens,cache_write_tokens,.*,cache_hits,byok_requests,/,
    );
  });

  it("callers with members:read see members' names, and a key without it only IDs", async () => {
    const label = async (as: string) => (await usage("?group_by=member", as)).json.data[0].group.label;
    expect(await label(ada.accessToken)).toBe("Ada Lovelace");
    expect(await label(key)).toMatch(/^usr_/);
  });

  it("another organization's usage counts none of it", async () => {
    const { api_key_id } = (await api.get("/api/v1/history", { as: key })).json.data[0];
    expect((await usage("", eve.accessToken)).json).toMatchObject({ totals: { requests: 0 }, data: [] });
    const foreign = await usage(`?group_by=api_key&api_key_id=${api_key_id}`, eve.accessToken);
    expect(foreign.json.data).toEqual([]);
  });

  it.each([
    ["interval=week", "invalid_request", "interval"],
    ["group_by=provider", "invalid_request", "group_by"],
    ["from=2026-02-30T00:00:00Z", "invalid_request", "from"],
    ["to=9999-12-31T23:59:59Z", "invalid_request", "to"],
    ["from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "invalid_request", "from"],
    ["from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "invalid_request", "from"],
    ["interval=hour&from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z", "invalid_request", "from"],
    ["endpoint=/v1/models", "invalid_request", "endpoint"],
    ["status=queued", "invalid_request", "status"],
    ["model=%00", "invalid_request", "model"],
    ["api_key_id=x", "invalid_id", "api_key_id"],
    ["limit=5", "unknown_parameter", "limit"],
  ])("400 for ?%s", async (search, code, param) => {
    expectRefusal(await usage(`?${search}`), 400, code, param);
    expectRefusal(await api.get(`/api/v1/usage.csv?${search}`, { as: key }), 400, code, param);
  });

  it("401 without credentials, and 403 without the scope", async () => {
    expectRefusal(await api.get("/api/v1/usage"), 401, "missing_credentials");
    const other = await makeKey(api, ada, { scopes: ["models:read"] });
    expectRefusal(await usage("", other), 403, "insufficient_scope");
  });
});

describe("GET /api/v1/usage.csv", () => {
  it("200: the same figures as a CSV file in which no cell is a formula", async () => {
    const reply = await api.get("/api/v1/usage.csv?group_by=api_key", { as: key });
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(reply.headers.get("content-disposition")).toMatch(
      /^attachment; filename="agathaai-usage-[\d-]+\.csv"$/,
    );
    const { totals } = (await usage("?group_by=api_key")).json;
    const [header, line, end] = reply.text.split("\r\n");
    expect(header).toMatch(/^start,group_id,group,requests,/);
    expect(line).toContain(`,"'=HYPERLINK(""http://x"",""y"")",${totals.requests},`);
    expect(line).toContain(`,${(totals.cost_micros / 1_000_000).toFixed(6)},`);
    expect(end).toBe("");
  });
});
