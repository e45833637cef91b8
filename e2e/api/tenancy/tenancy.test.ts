import { setTimeout as sleep } from "node:timers/promises";
import { flushAudit } from "@agathaai/core/audit";
import { closeDb, db } from "@agathaai/core/platform/db";
import { AppError } from "@agathaai/core/platform/errors";
import { queue } from "@agathaai/core/platform/queue";
import type { AnyTRPCProcedure, TRPCRouterRecord } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { portalCookie } from "@/server/auth/portal-cookie";
import { resolvePrincipal } from "@/server/auth/principal";
import { toAppError } from "@/server/errors/to-app-error";
import { restProcedures } from "@/server/rest/operations";
import { handlePortalFile } from "@/server/trpc/portal-file";
import { handlePortalCall } from "@/server/trpc/portal-handler";
import { appRouter } from "@/server/trpc/root";
import { startTestProcesses } from "../../../infra/local/testing/start-test-processes";
import { useTestStack } from "../../../infra/local/testing/use-test-stack";
import { type Api, openApi } from "../support/client";
import { query } from "../support/database";
import { type Entry, matrix, type ProcedureName, systemRoutes, type Things } from "./matrix";
import {
  type Caller,
  nothingOf,
  openCallers,
  openOperator,
  openVictim,
  rowsOf,
  type Tenant,
} from "./tenants";

const jar = { cookie: "" };
// Outside a request of Next there is no cookie jar: this one stands in for it.
vi.mock("next/headers", () => ({
  cookies: async () => ({
    get: (name: string) => (jar.cookie === "" ? undefined : { name, value: jar.cookie }),
  }),
  headers: async () => new Headers(),
}));

const stack = await useTestStack({ TRUSTED_PROXY_HOPS: "1" });
let api: Api;
let callers: Caller[];
let victim: Tenant;

const names = Object.keys(matrix) as ProcedureName[];
const live = proceduresIn(appRouter._def.record);
const operations = new Map(restProcedures().map((rest) => [rest.name, rest.operation]));

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
  callers = await openCallers(api, stack);
  victim = await openVictim(api, stack, async (caller, name, input) => {
    const answer = await atPortal(caller, name, input);
    if (answer.status !== 200) throw new Error(`${name}: ${answer.text}`);
    return JSON.parse(answer.text).result.data;
  });
}, 120_000);

afterAll(async () => {
  await flushAudit();
  await closeDb();
});

function proceduresIn(record: TRPCRouterRecord, prefix = ""): Record<string, AnyTRPCProcedure> {
  return Object.assign(
    {},
    ...Object.entries(record).map(([key, item]) =>
      typeof item === "function" ? { [prefix + key]: item } : proceduresIn(item, `${prefix}${key}.`),
    ),
  );
}

interface Answer {
  status: number;
  code: string | undefined;
  text: string;
}

let calls = 0;
/** An address of its own for each call, so that no limit by address cuts the matrix short. */
const address = () => `10.1.${(++calls >> 8) & 255}.${calls & 255}`;

/** By the face that takes such callers: the portal's for its cookie, REST for tokens and keys, else the procedure itself. */
function call(caller: Caller, name: ProcedureName, input: unknown): Promise<Answer> {
  if (caller.kind === "session") return atPortal(caller, name, input);
  return operations.has(name) ? overRest(caller, name, input) : directly(caller, name, input);
}

async function atPortal(caller: Caller, name: ProcedureName, input: unknown): Promise<Answer> {
  jar.cookie = caller.credential;
  const procedure = live[name];
  const query = procedure?._def.type === "query";
  const text = JSON.stringify(input);
  const headers = {
    "sec-fetch-site": "same-origin",
    "x-forwarded-for": address(),
    cookie: `${portalCookie().name}=${caller.credential}`,
  };
  if (procedure !== undefined && operations.get(name)?.file !== undefined) {
    const search = new URLSearchParams(input as Record<string, string>);
    const request = new Request(`http://localhost:3000/usage/export?${search}`, { headers });
    return readAnswer(await handlePortalFile(request, { name, procedure }));
  }
  const url = `http://localhost:3000/api/trpc/${name}${query ? `?input=${encodeURIComponent(text)}` : ""}`;
  const response = await handlePortalCall(
    new Request(url, {
      method: query ? "GET" : "POST",
      headers: { ...headers, "content-type": "application/json" },
      ...(!query && { body: text }),
    }),
  );
  const answer = await response.text();
  return { status: response.status, code: JSON.parse(answer).error?.data?.app_code, text: answer };
}

async function readAnswer(reply: Response): Promise<Answer> {
  const text = await reply.text();
  const code = reply.status >= 400 ? JSON.parse(text).error.code : undefined;
  return { status: reply.status, code, text };
}

async function overRest(caller: Caller, name: ProcedureName, input: unknown): Promise<Answer> {
  const operation = operations.get(name);
  if (operation === undefined) throw new Error(`${name} has no REST face`);
  const rest = { ...(input as Record<string, unknown>) };
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_match, field: string) => {
    const value = encodeURIComponent(String(rest[field] ?? "x"));
    delete rest[field];
    return value;
  });
  const inQuery = operation.method === "GET" || operation.method === "DELETE";
  const query = inQuery ? new URLSearchParams(rest as Record<string, string>).toString() : "";
  const reply = await fetch(`${api.url}${path}${query === "" ? "" : `?${query}`}`, {
    method: operation.method,
    headers: {
      authorization: `Bearer ${caller.credential}`,
      "x-forwarded-for": address(),
      ...(!inQuery && { "content-type": "application/json" }),
    },
    ...(!inQuery && { body: JSON.stringify(rest) }),
  });
  return readAnswer(reply);
}

async function directly(caller: Caller, name: ProcedureName, input: unknown): Promise<Answer> {
  const procedure = live[name];
  if (procedure === undefined) throw new Error(`there is no ${name}`);
  try {
    const ip = address();
    const principal = await resolvePrincipal({
      authorization: `Bearer ${caller.credential}`,
      apiKeyHeader: null,
      ip,
    });
    const { signal } = new AbortController();
    const context = {
      principal,
      requestId: "req_00000000000000000000000000000000",
      ip,
      userAgent: undefined,
      idempotencyKey: undefined,
      waitSeconds: undefined,
      signal,
      db: db(),
      queue: queue(),
      responseHeaders: new Headers(),
    };
    const output: unknown = await procedure({
      ctx: context,
      getRawInput: async () => input,
      path: name,
      type: procedure._def.type,
      signal,
      batchIndex: 0,
    });
    return { status: 200, code: undefined, text: JSON.stringify(output) };
  } catch (error) {
    const problem = toAppError(error);
    if (!(problem instanceof AppError) || problem.status >= 500) throw error;
    return { status: problem.status, code: problem.code, text: `${problem.public} ${problem.param ?? ""}` };
  }
}

/** No caller here is an operator, so what is theirs alone is refused to all. */
const may = ({ roles, keys }: Entry, { role }: Caller) =>
  roles === "anyone" || (roles !== "operators" && (role === "key" ? keys : roles.includes(role)));

/** The answer without what differs between any two calls. */
function plain({ status, text }: Answer, named: Things): string {
  let masked = text;
  for (const id of Object.values(named)) masked = masked.replaceAll(id, "<id>");
  return `${status} ${masked
    .replaceAll(/req_[0-9a-f]{32}/g, "<request>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")}`;
}

function expectNothingOf(tenant: Tenant, text: string, named: Things | undefined): void {
  const ids = [tenant.orgId, ...tenant.userIds, ...(named === undefined ? Object.values(tenant.things) : [])];
  for (const foreign of [...tenant.secrets, ...ids]) expect(text).not.toContain(foreign);
}

describe("the matrix", () => {
  it("has an entry for every procedure of the live router, and no other", () => {
    expect(names.toSorted()).toEqual(Object.keys(live).toSorted());
  });

  it("covers every documented route: each is a procedure, or about no tenant", () => {
    const served = [...operations.values()].map(({ path }) => path);
    const documented = Object.keys(api.contract.document.paths);
    expect(documented.toSorted()).toEqual([...new Set([...served, ...systemRoutes])].toSorted());
  });
});

describe("what is the operators' alone", () => {
  const theirs = names.filter((name) => matrix[name].roles === "operators");

  it("is all of the console, and has no REST face", () => {
    expect(theirs).toEqual(names.filter((name) => name.startsWith("operators.")));
    expect(theirs.filter((name) => operations.has(name))).toEqual([]);
  });

  it("answers one of ours in the portal, and neither their token nor one whose address is unconfirmed", async () => {
    const [token, portal] = await openOperator(api, stack);
    for (const name of theirs.filter((name) => live[name]?._def.type === "query")) {
      const input = matrix[name].input(nothingOf());
      expect([200, 400, 404], name).toContain((await call(portal, name, input)).status);
      expect(await call(token, name, input), name).toMatchObject({ status: 403, code: "insufficient_role" });
    }
    await query("UPDATE users SET email_verified_at = NULL WHERE role = 'operator'");
    await sleep(5_100);
    expect(await call(portal, "operators.queues", {})).toMatchObject({
      status: 403,
      code: "insufficient_role",
    });
  });
});

describe("another tenant's things", () => {
  let before: Record<string, string[]>;

  beforeAll(async () => {
    // What the victim's own calls still write behind their answers: last uses, the audit trail.
    await flushAudit();
    for (let last = ""; ; await sleep(1_500)) {
      before = await rowsOf(victim);
      const now = JSON.stringify(before);
      // Last uses are written together, half a minute apart: until the victim's key has its own, one is still to come.
      if (now === last && !/"last_used_at\\?": null/.test(now)) break;
      last = now;
    }
    expect(Object.values(before).flat().length).toBeGreaterThan(20);
  }, 60_000);

  it.each(names)("%s answers as if they had never existed, and only those who may", async (name) => {
    const entry = matrix[name];
    const nothing = nothingOf();
    for (const caller of callers) {
      const foreign = await call(caller, name, entry.input(victim.things));
      const unknown = await call(caller, name, entry.input(nothing));
      const where = `${name} by the ${caller.label}: ${foreign.text.slice(0, 300)}`;
      expect(plain(foreign, victim.things), where).toBe(plain(unknown, nothing));
      expectNothingOf(victim, foreign.text, entry.names === "nothing" ? undefined : victim.things);
      if (!may(entry, caller)) {
        expect(foreign.status, where).toBe(403);
        expect(foreign.code, where).toMatch(/^insufficient_(role|scope)$/);
      } else if (entry.names === "thing") expect(foreign.status, where).toBe(404);
      else if (entry.names === "filter") expect(foreign.status, where).toBe(200);
      else expect([401, 403, 500], where).not.toContain(foreign.status);
    }
  });

  it.each(systemRoutes)("%s says nothing about anyone", async (path) => {
    for (const caller of callers.filter(({ kind }) => kind !== "session")) {
      const reply = await fetch(api.url + path, {
        headers: { authorization: `Bearer ${caller.credential}` },
      });
      expectNothingOf(victim, await reply.text(), undefined);
    }
  });

  it("an Idempotency-Key of theirs is a new one of ours", async () => {
    const [canary = ""] = victim.secrets;
    for (const caller of callers.filter(({ role }) => role === "key")) {
      const reply = await api.post("/api/v1/inference", {
        as: caller.credential,
        headers: { "idempotency-key": canary },
        body: { model: "gpt-4o", prompt: "Hello", max_tokens: 8 },
      });
      expect([202, 422]).toContain(reply.status);
      expect(reply.headers.get("idempotent-replayed")).toBeNull();
      expect(reply.text).not.toContain(victim.things.inference);
    }
  });

  it("not a row of theirs is changed, added or gone", async () => {
    await flushAudit();
    await sleep(1_500);
    expect(await rowsOf(victim)).toEqual(before);
  });

  it("all of them are there for their owner: what was refused above was refused for its tenant", async () => {
    let shown = 0;
    // Ends last what others still ask for.
    const order = (name: ProcedureName) => Number(live[name]?._def.type === "mutation");
    for (const name of names.toSorted((a, b) => order(a) - order(b))) {
      const entry = matrix[name];
      if (entry.roles === "anyone" || entry.roles === "operators") continue;
      const answer = await call(victim.owner, name, entry.input(victim.things));
      if (entry.names !== "nothing") expect(answer.status, `${name}: ${answer.text}`).not.toBe(404);
      if (victim.secrets.some((secret) => answer.text.includes(secret))) shown += 1;
    }
    expect(shown).toBeGreaterThanOrEqual(5);
  });
});
