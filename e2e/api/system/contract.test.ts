import { connect } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, vi } from "vitest";
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

const ask = (more: object, headers: Record<string, string> = {}) =>
  api.post("/api/v1/inference", {
    as: key,
    body: { model: "gpt-4o", prompt: "Hello", max_tokens: 20, ...more },
    headers,
  });

describe("every list", () => {
  const lists = Object.entries({
    keys: "/api/v1/keys",
    history: "/api/v1/history",
    audit: "/api/v1/audit",
    models: "/api/v1/models",
    sessions: "/api/v1/me/sessions",
  });

  beforeAll(async () => {
    for (let count = 0; count < 3; count++) {
      await makeKey(api, ada);
      await ask({}, { prefer: "wait=20" });
      await api.post("/api/v1/auth/login", { body: { email: ada.email, password: ada.password } });
    }
    // Rows of the log come within a batch's interval.
    await vi.waitFor(
      async () =>
        expect((await api.get("/api/v1/audit?limit=3", { as: ada.accessToken })).json.data).toHaveLength(3),
      { timeout: 30_000 },
    );
  });

  it.each(lists)("%s pages in both orders without loss or repetition", async (_list, path) => {
    const page = async (search: string) => (await api.get(`${path}?${search}`, { as: ada.accessToken })).json;
    const newest = await page("limit=2");
    expect(newest.data).toHaveLength(2);
    const second = await page(`limit=1&cursor=${newest.next_cursor}`);
    const ids = [...newest.data, ...second.data].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    const oldest = await page("limit=1&order=asc");
    expect(oldest.data[0].created_at <= newest.data[0].created_at).toBe(true);
  });

  it.each(lists)("%s takes a half-open span, and names what is wrong in it", async (_list, path) => {
    const get = (search: string) => api.get(`${path}?${search}`, { as: ada.accessToken });
    const { data } = (await get("limit=3")).json;
    const last = data.at(-1) ?? data[0];
    const at = encodeURIComponent(last.created_at);
    const before = (await get(`created[lt]=${at}`)).json.data.map(({ id }) => id);
    expect(before).not.toContain(last.id);
    const from = (await get(`created[gte]=${at}&order=asc`)).json.data.map(({ id }) => id);
    expect(from).toContain(last.id);
    expectRefusal(await get("created[gte]=yesterday"), 400, "invalid_request", "created.gte");
    expectRefusal(await get("created[gt]=2026-11-01T00:00:00Z"), 400, "unknown_parameter", "created.gt");
    expectRefusal(await get("created=2026-11-01T00:00:00Z"), 400, "invalid_request", "created");
    expectRefusal(await get("order=newest"), 400, "invalid_request", "order");
    for (const limit of ["0", "101", "x", ""])
      expectRefusal(await get(`limit=${limit}`), 400, "invalid_request", "limit");
  });

  it.each(lists)("%s refuses a cursor of another list, order, organization or maker", async (list, path) => {
    const get = (search: string, as = ada.accessToken) => api.get(`${path}?${search}`, { as });
    const { next_cursor: cursor } = (await get("limit=1")).json;
    const strangers = lists.filter(([name]) => name !== list).map(([, other]) => other);
    for (const other of strangers) {
      const reply = await api.get(`${other}?cursor=${cursor}`, { as: ada.accessToken });
      expectRefusal(reply, 400, "invalid_cursor", "cursor");
    }
    expectRefusal(await get(`cursor=${cursor}&order=asc`), 400, "invalid_cursor", "cursor");
    for (const forged of ["", "x", "key_01m844dwt2e7xshsqpzrgk79p6", `${cursor}A`])
      expectRefusal(await get(`cursor=${forged}`), 400, "invalid_cursor", "cursor");
    // The catalogue is everybody's.
    if (list !== "models")
      expectRefusal(await get(`cursor=${cursor}`, eve.accessToken), 400, "invalid_cursor", "cursor");
  });

  it("the previous release's parameter names still filter a list", async () => {
    const { data } = (await api.get("/api/v1/history?limit=2", { as: key })).json;
    const at = encodeURIComponent(data[0].created_at);
    const older = await api.get(`/api/v1/history?created_before=${at}`, { as: key });
    expect(older.json.data.map(({ id }) => id)).not.toContain(data[0].id);
  });
});

describe("a request", () => {
  it("shows its environment and metadata in every view, and keeps metadata in no plain row", async () => {
    const metadata = { note: `quiet agate ${Date.now()}` };
    const headers = { prefer: "wait=20", "idempotency-key": `contract-${Date.now()}` };
    const { json: result } = await ask({ metadata }, headers);
    const again = await ask({ metadata }, { "idempotency-key": headers["idempotency-key"] });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    const views = [
      result,
      again.json,
      (await api.get(`/api/v1/inference/${result.id}`, { as: key })).json,
      (await api.get(`/api/v1/inference/${result.id}/result`, { as: key })).json,
      (await api.get(`/api/v1/history/${result.id}`, { as: key })).json,
      (await api.get("/api/v1/history?limit=1", { as: key })).json.data[0],
    ];
    for (const view of views) expect(view).toMatchObject({ id: result.id, environment: "live", metadata });
    const [kept] = await query("SELECT string_agg(r::text, '') AS rows FROM idempotency_keys r");
    expect(JSON.stringify(kept)).not.toContain(metadata.note);
  });

  it("that failed has the same error object as a refusal", async () => {
    const { json } = await ask({ prompt: "[[sim:400]]" }, { prefer: "wait=20" });
    expect(json.status).toBe("failed");
    for (const view of [json, (await api.get(`/api/v1/inference/${json.id}`, { as: key })).json]) {
      expect(Object.keys(view.error).sort()).toEqual(["code", "message", "param", "request_id", "type"]);
      expect(view.error.type).toMatch(/_error$/);
    }
  });

  it("that is running stops within a second of its cancel and costs nothing", async () => {
    const { json } = await ask({ prompt: "[[sim:slow:20000]]" });
    const path = `/api/v1/inference/${json.id}`;
    await expect
      .poll(async () => (await api.get(path, { as: key })).json.status, { timeout: 10_000 })
      .toBe("processing");
    const cancelled = await api.post(`${path}/cancel`, { as: key });
    expect(cancelled.json).toMatchObject({ status: "cancelled", cancel_requested: true });
    const { json: result } = await api.get(`${path}/result`, { as: key });
    expect(result).toMatchObject({ status: "cancelled", cost_micros: 0, output: null });
  });

  it("can be waited for at its result, up to the longest wait", async () => {
    const { json } = await ask({ prompt: "[[sim:slow:1500]]" });
    const path = `/api/v1/inference/${json.id}/result`;
    const waited = await api.get(path, { as: key, headers: { prefer: "wait=600" } });
    expect([waited.status, waited.headers.get("preference-applied")]).toEqual([200, "wait=60"]);
    const ignored = await api.get(path, { as: key, headers: { prefer: "wait=soon" } });
    expect([ignored.status, ignored.headers.get("preference-applied")]).toEqual([200, null]);
  });
});

describe("an Idempotency-Key", () => {
  it("is refused, with the header named, by every POST that does not support it", async () => {
    const posts = Object.entries(api.contract.document.paths).filter(
      ([path, item]) => item.post !== undefined && path.startsWith("/api/v1/"),
    );
    for (const [path, { post }] of posts) {
      if (post?.parameters?.some(({ name }) => name === "Idempotency-Key")) continue;
      // One of these callers may make the call; the others are refused before the header is read.
      const replies = [];
      for (const as of [key, ada.accessToken, undefined]) {
        replies.push(
          await api.post(path.replace("{id}", "x"), { as, body: {}, headers: { "idempotency-key": "k" } }),
        );
      }
      const refused = replies.map(({ json }) => json.error?.param);
      expect(refused, path).toContain("Idempotency-Key");
    }
  });
});

describe("one of a kind", () => {
  it("a model is found by its ID, and an unknown one is refused with the nearest names", async () => {
    expect((await api.get("/api/v1/models/gpt-4o", { as: key })).json).toMatchObject({ id: "gpt-4o" });
    expectRefusal(await api.get("/api/v1/models/gpt-4oo", { as: key }), 404, "model_not_found", "id");
    const narrow = await makeKey(api, ada, { models: ["gpt-4o"] });
    expectRefusal(await api.get("/api/v1/models/gpt-4", { as: narrow }), 403, "model_not_allowed", "id");
  });

  it("a delete says what was deleted", async () => {
    const { json: made } = await api.post("/api/v1/keys", {
      as: ada.accessToken,
      body: { name: "Throwaway", environment: "test" },
    });
    const { json } = await api.delete(`/api/v1/keys/${made.id}`, { as: ada.accessToken });
    expect(json).toMatchObject({ id: made.id, object: "api_key", deleted: true, status: "revoked" });
  });
});

describe("the API document", () => {
  const load = (headers: Record<string, string>) =>
    raw(`GET /api/openapi.json HTTP/1.1\r\nhost: x\r\n`, headers);

  it("is compressed if the caller accepts it, has a strong etag per encoding, and is 304 for a caller that has it", async () => {
    const plain = await load({});
    const brotli = await load({ "accept-encoding": "gzip, br" });
    const gzip = await load({ "accept-encoding": "gzip" });
    expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    const tags = [plain, brotli, gzip].map(({ headers }) => headers.get("etag") ?? "");
    expect(new Set(tags).size).toBe(3);
    for (const reply of [plain, brotli, gzip]) {
      expect(reply.headers.get("etag")).toMatch(/^"[\w-]+"$/);
      expect(reply.headers.get("vary")).toContain("Accept-Encoding");
      const again = await load({ "if-none-match": `"other", ${reply.headers.get("etag")}` });
      expect([again.status, again.body.length]).toEqual([304, 0]);
    }
    expect((await load({ "if-none-match": '"other"' })).status).toBe(200);
    expect(brotli.body.length).toBeLessThan(plain.body.length / 5);
  });

  it("names the schemas that clients use, none of them Error, and has no recursive schema", () => {
    const { schemas } = api.contract.document.components;
    for (const name of ["Message", "ToolCall", "Usage", "ApiError", "JsonValue"])
      expect(schemas).toHaveProperty(name);
    expect(schemas).not.toHaveProperty("Error");
    expect(schemas.JsonValue).toEqual({ description: expect.any(String) });
    for (const [name, schema] of Object.entries(schemas)) {
      expect(name).not.toMatch(/^_/);
      expect(JSON.stringify(schema), name).not.toContain(`#/components/schemas/${name}"`);
    }
  });
});

describe("a request's host and target (RFC 9112)", () => {
  it.each([
    ["two hosts", "GET /api/health HTTP/1.1\r\nhost: a.example\r\nhost: b.example\r\n"],
    ["one host twice", "GET /api/health HTTP/1.1\r\nhost: a.example\r\nHost: a.example\r\n"],
    ["no host", "GET /api/health HTTP/1.1\r\n"],
    ["a target of another scheme", "GET ftp://a.example/api/health HTTP/1.1\r\nhost: a.example\r\n"],
    ["an absolute target with no host of its own", "GET http:///api/health HTTP/1.1\r\nhost: a.example\r\n"],
    ["an absolute target and no Host", "GET http://a.example/api/health HTTP/1.1\r\n"],
  ])("400 in our envelope: %s", async (_what, text) => {
    const reply = await raw(text, {});
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body.toString()).error).toMatchObject({ code: "invalid_request" });
  });

  it.each([
    ["in absolute form", "GET http://a.example/api/health HTTP/1.1\r\nhost: a.example\r\n"],
    [
      "in absolute form, beside another Host",
      "GET http://a.example/api/health?x HTTP/1.1\r\nhost: b.example\r\n",
    ],
    ["of HTTP/1.0 without Host", "GET /api/health HTTP/1.0\r\n"],
  ])("200 for a target %s", async (_what, text) => {
    const reply = await raw(text, {});
    expect([reply.status, JSON.parse(reply.body.toString())]).toEqual([200, { status: "ok" }]);
  });
});

interface RawReply {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** One exchange as bytes, which no client of ours would send. */
function raw(head: string, headers: Record<string, string>): Promise<RawReply> {
  const { hostname, port } = new URL(api.url);
  const lines = Object.entries({ ...headers, connection: "close" }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(`${head}${lines.join("")}\r\n`));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
    socket.on("end", () => {
      const all = Buffer.concat(chunks);
      const end = all.indexOf("\r\n\r\n");
      const [first = "", ...fields] = all.subarray(0, end).toString("latin1").split("\r\n");
      const parsed = new Headers(
        fields.map((field): [string, string] => {
          const at = field.indexOf(":");
          return [field.slice(0, at), field.slice(at + 1).trim()];
        }),
      );
      const rest = all.subarray(end + 4);
      const body = parsed.get("transfer-encoding") === "chunked" ? unchunk(rest) : rest;
      resolve({ status: Number(first.split(" ")[1]), headers: parsed, body });
    });
  });
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
