import { beforeAll, describe, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { listAuditChains, verifyAuditChain } from "../../../src/core/audit";
import { fromPublicId } from "../../../src/core/platform";
import { createDb } from "../../../src/core/platform/db/client";
import { type Api, expectRefusal, openApi, type Reply } from "../../support/client";
import { query } from "../../support/database";
import { customer, makeKey, type Person, tokenFromEmail } from "../../support/people";

const stack = await useTestStack();
let processes: TestProcesses;
let api: Api;
let ada: Person;
let eve: Person;

beforeAll(async () => {
  processes = await startTestProcesses({ server: true, workers: 1 });
  api = await openApi(processes);
  ada = await customer(api, stack);
  eve = await customer(api, stack);
});

/** Rows come within a batch's interval. */
async function until<T>(read: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const value = await read();
    if (good(value)) return value;
    if (Date.now() > deadline) throw new Error(`It never came: ${JSON.stringify(value).slice(0, 500)}`);
  }
}

const rowOf = (reply: Pick<Reply, "headers">) =>
  until(
    () =>
      query(
        "SELECT org_id, actor_type, actor_id, details::jsonb AS details FROM audit_calls WHERE trace_id = $1",
        [reply.headers.get("x-request-id")],
      ),
    (rows) => rows.length > 0,
  );

async function actionsOf(person: Person): Promise<string[]> {
  const rows = await query<{ action: string }>(
    "SELECT action FROM audit_logs WHERE org_id = $1 AND action NOT IN ('api.requests_recorded', 'usage.recorded') ORDER BY sequence",
    [fromPublicId("org", person.orgId)],
  );
  return rows.map(({ action }) => action);
}

describe("API calls", () => {
  it("every documented route records exactly one entry per call of a known caller, with its pattern and status", async () => {
    const absent = "01m844dwt2e7xshsqpzrgk79p6";
    const key = await makeKey(api, ada);
    const called: { template: string; method: string; response: Response }[] = [];
    for (const [template, operations] of Object.entries(api.contract.document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        if (!["get", "post", "put", "patch", "delete"].includes(method)) continue;
        // An empty list of credentials: open to anyone.
        const { security = [] } = operation as { security?: Record<string, unknown>[] };
        if (!template.startsWith("/api/v1/") || security.length === 0) continue;
        const path = template.replace(
          /\{\w+\}/g,
          template.includes("/keys/") ? `key_${absent}` : `inf_${absent}`,
        );
        const response = await fetch(processes.url + path, {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${key}` },
        });
        await response.arrayBuffer();
        called.push({ template, method: method.toUpperCase(), response });
      }
    }
    expect(called.length).toBeGreaterThan(15);
    for (const { template, method, response } of called) {
      const [row, ...others] = await rowOf(response);
      expect(others).toEqual([]);
      const { code, ...details } = row?.details ?? {};
      expect(details, `${method} ${template}`).toEqual({
        method,
        route: template.replaceAll(/\{(\w+)\}/g, ":$1"),
        status: response.status,
        ms: expect.any(Number),
        address: expect.stringMatching(/^[\w-]{43}$/),
      });
      if (code !== undefined) expect(response.status).toBeGreaterThanOrEqual(400);
    }
  });

  it("an entry names the caller and the organization", async () => {
    const key = await makeKey(api, ada);
    const [byKey] = await rowOf(await api.get("/api/v1/models", { as: key }));
    expect(byKey).toMatchObject({ org_id: fromPublicId("org", ada.orgId), actor_type: "key" });
    const [byPerson] = await rowOf(await api.get("/api/v1/models", { as: ada.accessToken }));
    expect(byPerson).toMatchObject({ org_id: fromPublicId("org", ada.orgId), actor_type: "user" });
  });

  it("health checks, public documents and refused anonymous calls are counted and leave no entry", async () => {
    const before = await anonymousRows();
    const strangers: [string, string][] = [
      ["GET", "/api/health"],
      ["GET", "/api/ready"],
      ["HEAD", "/api/health"],
      ["GET", "/.well-known/jwks.json"],
      ["GET", "/api/openapi.json"],
      ["GET", "/api/v1/models"],
      ["POST", "/api/v1/inference"],
      ["DELETE", "/api/v1/keys/key_01m844dwt2e7xshsqpzrgk79p6"],
      ["POST", "/api/v1/auth/login"],
      ["POST", "/api/webhooks/stripe"],
      ["GET", "/api/v1/secret-in-the-path?token=secret-in-the-query"],
      ["PUT", "/api/../../etc/passwd"],
      ["BREW", "/api/v1/models"],
    ];
    for (const [method, path] of strangers) {
      await fetch(processes.url + path, { method }).then((response) => response.arrayBuffer());
    }
    const wrongKey = { authorization: "Bearer agt_live_nonsense" };
    await fetch(`${processes.url}/api/v1/models`, { headers: wrongKey }).then((r) => r.arrayBuffer());
    // A later call has been written, so theirs would have been by now.
    await rowOf(await api.get("/api/v1/models", { as: ada.accessToken }));
    expect(await anonymousRows()).toBe(before);
    const text = await (await fetch(`${processes.url}/api/metrics`)).text();
    for (const counted of [
      'agatha_anonymous_calls_total{route="/api/health",code="200"} ',
      'agatha_anonymous_calls_total{route="/api/v1/models",code="missing_credentials"} 1',
      'agatha_anonymous_calls_total{route="unknown",code="unknown_route"} ',
    ]) {
      expect(text).toContain(counted);
    }
  });
});

async function anonymousRows(): Promise<number> {
  const rows = await query("SELECT 1 FROM audit_logs WHERE action = 'api.request' AND org_id IS NULL");
  return rows.length;
}

describe("what people and keys do", () => {
  it("signing in and out, keys, passwords and token reuse each record one entry", async () => {
    const person = await customer(api, stack);
    const { email, password } = person;
    await api.post("/api/v1/auth/login", { body: { email, password: "not this password" } });
    const { json: signedIn } = await api.post("/api/v1/auth/login", { body: { email, password } });
    const as = signedIn.access_token;
    const { json: key } = await api.post("/api/v1/keys", { as, body: { name: "x", environment: "test" } });
    const { json: next } = await api.post(`/api/v1/keys/${key.id}/rotate`, { as, body: {} });
    await api.delete(`/api/v1/keys/${next.id}`, { as });
    await api.delete(`/api/v1/keys/${next.id}`, { as });
    for (const program of ["agatha-cli/1.2", "curl/8.14.1"]) {
      await api.post("/api/v1/auth/refresh", {
        body: { refresh_token: signedIn.refresh_token },
        headers: { "user-agent": program },
      });
    }
    await api.post("/api/v1/auth/logout", { body: { refresh_token: person.refreshToken } });
    expect(await actionsOf(person)).toEqual([
      "auth.registered",
      "auth.email_verified",
      "auth.logged_in",
      "auth.logged_in",
      "key.created",
      "key.rotated",
      "key.revoked",
      "auth.refresh_token_reused",
      "auth.logged_out",
    ]);
    const failed = await query(
      "SELECT target_id, details FROM audit_logs WHERE action = 'auth.login_failed'",
    );
    expect(failed).toHaveLength(1);
  });

  it("reading a result or the log itself is recorded; asking too early is not", async () => {
    const reader = await customer(api, stack);
    const key = await makeKey(api, reader);
    const { json } = await api.post("/api/v1/inference", {
      as: key,
      body: { model: "gpt-4o", messages: [{ role: "user", content: "the secret of the moss agate" }] },
      headers: { prefer: "wait=10" },
    });
    const result = await api.get(`/api/v1/inference/${json.id}/result`, { as: key });
    expect(result.json.status).toBe("completed");
    await api.get("/api/v1/audit", { as: reader.accessToken });
    const reads = await until(
      () =>
        query(
          "SELECT action, target_id FROM audit_logs WHERE org_id = $1 AND action LIKE 'data.%' ORDER BY created_at",
          [fromPublicId("org", reader.orgId)],
        ),
      (rows) => rows.length >= 2,
    );
    expect(reads).toEqual([
      { action: "data.result_read", target_id: fromPublicId("inf", json.id) },
      { action: "data.audit_read", target_id: null },
    ]);
  });

  it("no entry holds an address, a name, a secret, a prompt or a query", async () => {
    const { email } = ada;
    await api.post("/api/v1/auth/password-reset", { body: { email } });
    await tokenFromEmail(stack, email);
    const text = await until(
      async () => JSON.stringify(await query("SELECT to_jsonb(a) AS row FROM audit_logs a")),
      (rows) => rows.includes("auth.password_reset_requested"),
    );
    for (const secret of [
      email,
      eve.email,
      "example.com",
      "Ada Lovelace",
      ada.password,
      ada.accessToken,
      ada.refreshToken,
      "agt_live_",
      "agt_test_",
      "moss agate",
      "secret-in-the",
      "127.0.0.1",
    ]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe("GET /api/v1/audit", () => {
  it("200: the organization's own entries, newest first, filtered and paged", async () => {
    const first = await api.get("/api/v1/audit?limit=2&requests=false", { as: ada.accessToken });
    expect(first.json.data).toHaveLength(2);
    const second = await api.get(`/api/v1/audit?limit=2&requests=false&cursor=${first.json.next_cursor}`, {
      as: ada.accessToken,
    });
    const places = [...first.json.data, ...second.json.data].map(({ sequence }) => sequence);
    expect(places).toEqual([...places].sort((a, b) => b - a));
    const registered = await api.get("/api/v1/audit?action=auth.registered", { as: eve.accessToken });
    expect(registered.json.data).toHaveLength(1);
    const { actor } = registered.json.data[0];
    const own = await api.get(`/api/v1/audit?actor=${actor.id}`, { as: ada.accessToken });
    expect(own.json.data).toEqual([]);
  });

  it("refuses unknown filters, and callers without the scope", async () => {
    const as = ada.accessToken;
    expectRefusal(await api.get("/api/v1/audit?cursor=x", { as }), 400, "invalid_cursor", "cursor");
    expectRefusal(await api.get("/api/v1/audit?action=x", { as }), 400, "invalid_request", "action");
    expectRefusal(await api.get("/api/v1/audit"), 401, "missing_credentials");
    const plain = await makeKey(api, ada);
    expectRefusal(await api.get("/api/v1/audit", { as: plain }), 403, "insufficient_scope");
    const auditor = await makeKey(api, ada, { scopes: ["audit:read"] });
    expect((await api.get("/api/v1/audit", { as: auditor })).status).toBe(200);
  });
});

it("SIGTERM under load loses no entry: there are as many as responses, and every chain is intact", async () => {
  const key = await makeKey(api, ada);
  const answered: string[] = [];
  let [stopping, stopped] = [false, false];
  const callers = Array.from({ length: 20 }, async () => {
    while (!stopped) {
      try {
        const response = await fetch(`${processes.url}/api/v1/models`, {
          headers: { authorization: `Bearer ${key}` },
        });
        answered.push(response.headers.get("x-request-id") ?? "");
        await response.arrayBuffer();
      } catch (error) {
        if (!stopping) throw error;
        return;
      }
    }
  });
  await until(
    async () => answered.length,
    (count) => count >= 100,
  );
  stopping = true;
  expect(await processes.server?.stop()).toBe(0);
  stopped = true;
  await Promise.all(callers);
  const [found] = await query<{ rows: number }>(
    "SELECT count(*)::int AS rows FROM audit_calls WHERE trace_id = ANY($1)",
    [answered],
  );
  expect(found?.rows).toBe(answered.length);
  expect(processes.server?.logs()).not.toContain("spilled");
  const db = createDb({ url: stack.databaseUrl, poolMax: 2 });
  for (const chain of await listAuditChains(db)) {
    const orgId = chain === "system" ? null : chain;
    expect((await verifyAuditChain(db, { orgId })).fault).toBeUndefined();
  }
  await db.$disconnect();
});
