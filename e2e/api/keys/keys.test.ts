import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows, query } from "../../support/database";
import { customer, type Person, signUp } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;
let eve: Person;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  ada = await customer(api, stack);
  eve = await customer(api, stack);
});

const create = (body: object, as = ada.accessToken) => api.post("/api/v1/keys", { as, body });
const foreign = "key_01m844dwt2e7xshsqpzrgk79p6";

describe("POST /api/v1/keys", () => {
  it("201: a key whose secret is returned once and stored only as a hash", async () => {
    const reply = await create({
      name: "Backend",
      environment: "live",
      scopes: ["inference:write", "models:read"],
      models: ["gpt-4o"],
      ip_allowlist: ["127.0.0.1"],
      rpm_limit: 30,
      expires_at: "2099-01-01T00:00:00Z",
    });
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      status: "active",
      models: ["gpt-4o"],
      rpm_limit: 30,
      ip_allowlist: ["127.0.0.1/32"],
    });
    expect(reply.json.secret).toMatch(/^agt_live_[0-9A-Za-z]{30,}$/);
    const [stored] = await query("SELECT to_jsonb(k) AS row FROM api_keys k ORDER BY id DESC LIMIT 1");
    expect(JSON.stringify(stored)).not.toContain(reply.json.secret);
    const listed = await api.get("/api/v1/keys", { as: ada.accessToken });
    expect(listed.text).not.toContain(reply.json.secret);
    expect((await api.get("/api/v1/models", { as: reply.json.secret })).json.data).toHaveLength(1);
  });

  it("403 email_not_verified: live keys need a verified email; test keys do not", async () => {
    const newcomer = await signUp(api);
    const before = await countRows();
    expectRefusal(
      await create({ name: "x", environment: "live" }, newcomer.accessToken),
      403,
      "email_not_verified",
      "environment",
    );
    expect(await countRows()).toEqual(before);
    expect((await create({ name: "x", environment: "test" }, newcomer.accessToken)).json.secret).toMatch(
      /^agt_test_/,
    );
  });

  it.each<[string, object, string, string]>([
    ["an unknown environment", { environment: "prod" }, "invalid_request", "environment"],
    ["an empty name", { name: "" }, "invalid_request", "name"],
    ["a name of 81 characters", { name: "x".repeat(81) }, "invalid_request", "name"],
    ["NUL in the name", { name: "a\u0000" }, "invalid_request", "name"],
    ["an unknown scope", { scopes: ["everything"] }, "invalid_request", "scopes[0]"],
    ["no scopes", { scopes: [] }, "invalid_request", "scopes"],
    ["a person's scope", { scopes: ["keys:write"] }, "invalid_request", "scopes"],
    ["an unknown model", { models: ["gpt-4o", "gpt-4oo"] }, "invalid_request", "models[1]"],
    ["a dated model", { models: ["gpt-4o", "gpt-4o-2024-08-06"] }, "invalid_request", "models[1]"],
    ["a prefixed model", { models: ["openai/gpt-4o"] }, "invalid_request", "models[0]"],
    ["no address", { ip_allowlist: ["localhost"] }, "invalid_request", "ip_allowlist[0]"],
    ["a limit as text", { rpm_limit: "5" }, "invalid_request", "rpm_limit"],
    ["a limit of 0", { rpm_limit: 0 }, "invalid_request", "rpm_limit"],
    ["an expiry in the past", { expires_at: "2020-01-01T00:00:00Z" }, "invalid_request", "expires_at"],
    ["an expiry in words", { expires_at: "tomorrow" }, "invalid_request", "expires_at"],
    ["an unknown field", { secret: "agt_live_mine" }, "unknown_parameter", "secret"],
    ["__proto__", JSON.parse('{"__proto__":{"scopes":["keys:write"]}}'), "unknown_parameter", "__proto__"],
  ])("400 for %s, and nothing is written", async (_what, change, code, param) => {
    const before = await countRows();
    const body = `${JSON.stringify({ name: "x", environment: "test" }).slice(0, -1)},${JSON.stringify(change).slice(1)}`;
    const reply = await api.post("/api/v1/keys", {
      as: ada.accessToken,
      raw: body,
      headers: { "content-type": "application/json" },
    });
    expectRefusal(reply, 400, code, param);
    expect(await countRows()).toEqual(before);
  });

  it("401 without credentials", async () => {
    expectRefusal(
      await api.post("/api/v1/keys", { body: { name: "x", environment: "test" } }),
      401,
      "missing_credentials",
    );
  });
});

describe("GET /api/v1/keys", () => {
  it("200: the organization's own keys, newest first, page by page", async () => {
    const names = ["one", "two", "three"];
    for (const name of names) await create({ name, environment: "test" }, eve.accessToken);
    const first = await api.get("/api/v1/keys?limit=2", { as: eve.accessToken });
    expect(first.json.data.map((key) => key.name)).toEqual(["three", "two"]);
    const rest = await api.get(`/api/v1/keys?limit=2&cursor=${first.json.next_cursor}`, {
      as: eve.accessToken,
    });
    expect(rest.json.data.map((key) => key.name)).toEqual(["one"]);
    expect(rest.json.next_cursor).toBeNull();
  });

  it.each([
    ["limit=0", "invalid_request", "limit"],
    ["limit=101", "invalid_request", "limit"],
    ["limit=five", "invalid_request", "limit"],
    ["limit=1&limit=2", "invalid_request", "limit"],
    ["cursor=nonsense", "invalid_cursor", "cursor"],
    ["cursor=inf_01m844dwt2emvr8rasx2tvmp16", "invalid_cursor", "cursor"],
    ["page=2", "unknown_parameter", "page"],
  ])("400 for ?%s", async (search, code, param) => {
    expectRefusal(await api.get(`/api/v1/keys?${search}`, { as: ada.accessToken }), 400, code, param);
  });
});

describe("GET /api/v1/keys/{id}", () => {
  it("200: one key without its secret; 404 for another organization's", async () => {
    const made = (await create({ name: "One", environment: "test", monthly_cap_micros: 5_000_000 })).json;
    const reply = await api.get(`/api/v1/keys/${made.id}`, { as: ada.accessToken });
    const { secret, ...shown } = made;
    expect(reply.json).toEqual(shown);
    expect(reply.text).not.toContain(secret);
    expect(reply.json).toMatchObject({ monthly_cap_micros: 5_000_000, spent_this_month_micros: 0 });
    expectRefusal(await api.get(`/api/v1/keys/${made.id}`, { as: eve.accessToken }), 404, "not_found", "id");
  });
});

describe("PATCH /api/v1/keys/{id}", () => {
  const update = (id: string, body: object, as = ada.accessToken) =>
    api.call("PATCH", `/api/v1/keys/${id}`, { as, body });

  it("200: limits apply from the next call, null removes them, and omitted ones stay", async () => {
    const { id, secret } = (
      await create({ name: "Before", environment: "test", models: ["gpt-4o"], rpm_limit: 30 })
    ).json;
    expect((await api.get("/api/v1/models", { as: secret })).status).toBe(200);
    const narrowed = await update(id, {
      name: "After",
      ip_allowlist: ["203.0.113.7"],
      monthly_cap_micros: 10_000,
      expires_at: "2099-01-01T00:00:00Z",
    });
    expect(narrowed.json).toMatchObject({
      id,
      name: "After",
      models: ["gpt-4o"],
      rpm_limit: 30,
      ip_allowlist: ["203.0.113.7/32"],
      monthly_cap_micros: 10_000,
      expires_at: "2099-01-01T00:00:00.000Z",
    });
    expect(narrowed.text).not.toContain(secret);
    expectRefusal(await api.get("/api/v1/models", { as: secret }), 403, "ip_not_allowed");
    const lifted = await update(id, {
      models: null,
      ip_allowlist: null,
      rpm_limit: null,
      monthly_cap_micros: null,
      expires_at: null,
    });
    expect(lifted.json).toMatchObject({
      models: [],
      ip_allowlist: [],
      rpm_limit: null,
      monthly_cap_micros: null,
      expires_at: null,
    });
    expect((await api.get("/api/v1/models", { as: secret })).status).toBe(200);
  });

  it.each<[string, object, string, string]>([
    ["a cap below a cent", { monthly_cap_micros: 9_999 }, "invalid_request", "monthly_cap_micros"],
    ["a cap in dollars", { monthly_cap_micros: 1.5 }, "invalid_request", "monthly_cap_micros"],
    ["a cap as text", { monthly_cap_micros: "10000" }, "invalid_request", "monthly_cap_micros"],
    ["no name", { name: null }, "invalid_request", "name"],
    ["an unknown model", { models: ["gpt-4oo"] }, "invalid_request", "models[0]"],
    ["a dated model", { models: ["gpt-4o-2024-08-06"] }, "invalid_request", "models[0]"],
    ["no address", { ip_allowlist: ["10.0.0.1", "localhost"] }, "invalid_request", "ip_allowlist[1]"],
    ["an expiry in the past", { expires_at: "2020-01-01T00:00:00Z" }, "invalid_request", "expires_at"],
    ["scopes, which never change", { scopes: ["models:read"] }, "unknown_parameter", "scopes"],
    ["an id in the body", { id: foreign }, "unknown_parameter", "id"],
  ])("400 for %s, and nothing changes", async (_what, body, code, param) => {
    const { id } = (await create({ name: "x", environment: "test" })).json;
    expectRefusal(await update(id, body), 400, code, param);
    const { secret: _secret, ...shown } = (await api.get(`/api/v1/keys/${id}`, { as: ada.accessToken })).json;
    expect(shown).toMatchObject({ name: "x", models: [], monthly_cap_micros: null });
  });

  it("409 for a key that was revoked or rotated; 404 for another organization's; 403 for a key", async () => {
    const { id, secret } = (await create({ name: "x", environment: "test" })).json;
    expectRefusal(await update(id, { name: "y" }, eve.accessToken), 404, "not_found", "id");
    expectRefusal(await update(id, { name: "y" }, secret), 403, "insufficient_scope");
    const successor = (
      await api.post(`/api/v1/keys/${id}/rotate`, { as: ada.accessToken, body: { grace: "1h" } })
    ).json;
    expectRefusal(await update(id, { name: "y" }), 409, "conflict");
    await api.delete(`/api/v1/keys/${successor.id}`, { as: ada.accessToken });
    expectRefusal(await update(successor.id, { name: "y" }), 409, "conflict");
  });

  it("a browser's preflight lists PATCH among the methods", async () => {
    const reply = await api.call("OPTIONS", `/api/v1/keys/${foreign}`);
    expect(reply.headers.get("allow")).toContain("PATCH");
  });
});

describe("POST /api/v1/keys/{id}/rotate", () => {
  const rotate = (id: string, body: object | undefined, as = ada.accessToken) =>
    api.post(`/api/v1/keys/${id}/rotate`, { as, ...(body && { body }) });

  it("201: the replacement works, the old secret works until its grace period ends, and a second rotation is a conflict", async () => {
    const old = (await create({ name: "Rotated", environment: "test" })).json;
    const successor = await rotate(old.id, { grace: "1h" });
    expect(successor.status).toBe(201);
    expect(successor.json.predecessor_id).toBe(old.id);
    expect((await api.get("/api/v1/models", { as: old.secret })).status).toBe(200);
    expect((await api.get("/api/v1/models", { as: successor.json.secret })).status).toBe(200);
    expectRefusal(await rotate(old.id, { grace: "1h" }), 409, "conflict");

    const last = await rotate(successor.json.id, undefined);
    expect(last.status).toBe(201);
    expectRefusal(await api.get("/api/v1/models", { as: successor.json.secret }), 401, "api_key_revoked");
  });

  it("400 for an unknown grace period, another kind of ID, or an ID in the body", async () => {
    const { id } = (await create({ name: "x", environment: "test" })).json;
    const before = await countRows();
    expectRefusal(await rotate(id, { grace: "2h" }), 400, "invalid_request", "grace");
    expectRefusal(await rotate("inf_01m844dwt2emvr8rasx2tvmp16", {}), 400, "invalid_id", "id");
    expectRefusal(await rotate(id, { id: foreign }), 400, "unknown_parameter", "id");
    expect(await countRows()).toEqual(before);
  });

  it("404 for an unknown key and for another organization's", async () => {
    const { id } = (await create({ name: "x", environment: "test" }, eve.accessToken)).json;
    const before = await countRows();
    expectRefusal(await rotate(foreign, {}), 404, "not_found", "id");
    expectRefusal(await rotate(id, {}), 404, "not_found", "id");
    expect(await countRows()).toEqual(before);
  });
});

describe("DELETE /api/v1/keys/{id}", () => {
  const revoke = (id: string, as = ada.accessToken) => api.delete(`/api/v1/keys/${id}`, { as });

  it("200: the key stops at once; revoking it again changes nothing", async () => {
    const { id, secret } = (await create({ name: "x", environment: "test" })).json;
    expect((await api.get("/api/v1/models", { as: secret })).status).toBe(200);
    expect((await revoke(id)).json.status).toBe("revoked");
    expectRefusal(await api.get("/api/v1/models", { as: secret }), 401, "api_key_revoked");
    const { revoked_at } = (await revoke(id)).json;
    expect((await revoke(id)).json.revoked_at).toBe(revoked_at);
  });

  it("404 for another organization's key, which keeps working; 400 for a malformed ID", async () => {
    const { id, secret } = (await create({ name: "x", environment: "test" }, eve.accessToken)).json;
    expectRefusal(await revoke(id), 404, "not_found", "id");
    expect((await api.get("/api/v1/models", { as: secret })).status).toBe(200);
    expectRefusal(await revoke("key_"), 400, "invalid_id", "id");
    expectRefusal(await revoke("%00"), 400, "invalid_id", "id");
  });
});
