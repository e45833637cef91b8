import { flushAudit } from "@agathaai/core/audit";
import { AppError, type IdPrefix, idPrefixes, newId, toPublicId } from "@agathaai/core/platform";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { queue } from "@agathaai/core/platform/queue/queue";
import type { AnyTRPCProcedure, TRPCRouterRecord } from "@trpc/server";
import { afterAll, beforeAll, beforeEach, expect, vi } from "vitest";
import { z } from "zod";
import { portalCookie } from "@/server/auth/portal-cookie";
import { resolvePrincipal } from "@/server/auth/principal";
import { toAppError } from "@/server/errors/to-app-error";
import { restProcedures } from "@/server/rest/operations";
import { handlePortalFile } from "@/server/trpc/portal/portal-file";
import { handlePortalCall } from "@/server/trpc/portal/portal-handler";
import { appRouter } from "@/server/trpc/root";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../support/client";
import { query } from "../../support/database";
import { type Caller, openCallers } from "./callers";
import type { Entry, Things } from "./entry";
import { matrix, type ProcedureName } from "./matrix";
import { openVictim, type Tenant } from "./tenants";

/** The victim, the callers, and how each of them calls a procedure. */

const jar = { cookie: "" };
// Outside a request of Next there is no cookie jar: this one stands in for it.
vi.mock("next/headers", () => ({
  cookies: async () => ({
    get: (name: string) => (jar.cookie === "" ? undefined : { name, value: jar.cookie }),
  }),
  headers: async () => new Headers(),
}));

// No call here gets as far as Stripe, but some ask first whether there is one.
export const stack = await useTestStack({ TRUSTED_PROXY_HOPS: "1", STRIPE_SECRET_KEY: "sk_test_matrix" });
export let api: Api;
export let callers: Caller[];
export let victim: Tenant;
/** The victim's things, of the live environment unless told otherwise. */
export let things: Things;

export const names = Object.keys(matrix) as ProcedureName[];
export const live = proceduresIn(appRouter._def.record);
export const operations = new Map(restProcedures().map((rest) => [rest.name, rest.operation]));

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true, workers: 1 }));
  callers = await openCallers(api, stack);
  victim = await openVictim(api, stack, async (caller, name, input) => {
    const answer = await atPortal(caller, name, input);
    if (answer.status !== 200) throw new Error(`${name}: ${answer.text}`);
    return JSON.parse(answer.text).result.data;
  });
  things = victim.worlds.live.things;
}, 120_000);

/** Everyone calls everything: limits of calls a minute would cut the matrix short. */
beforeEach(async () => {
  await query("DELETE FROM rate_limit_buckets");
});

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
export function call(caller: Caller, name: ProcedureName, input: unknown): Promise<Answer> {
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
export const may = ({ roles, keys }: Entry, { role }: Caller) => {
  if (roles === "anyone" || roles === "operators") return roles === "anyone";
  // An app may what a key may, where its person does too.
  if (role === "app") return keys && roles.includes("owner");
  return role === "key" ? keys : roles.includes(role);
};

/** The answer without what differs between any two calls. */
export function plain({ status, text }: Answer, named: Things): string {
  let masked = text;
  for (const id of Object.values(named)) masked = masked.replaceAll(id, "<id>");
  return `${status} ${masked
    .replaceAll(/req_[0-9a-f]{32}/g, "<request>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")}`;
}

/** Nothing of the tenant's is in the text, but for the ids that the call itself named. */
export function expectNothingOf(tenant: Tenant, text: string, named: Things | undefined): void {
  const asked = new Set(named === undefined ? [] : Object.values(named));
  const ids = [tenant.orgId, ...tenant.userIds, ...Object.values(things)];
  for (const foreign of [...tenant.secrets, ...ids].filter((one) => !asked.has(one))) {
    expect(text).not.toContain(foreign);
  }
}

/** The fields of a call's input that take an id, found by giving each of them one of every kind. */
export function idFieldsOf(name: ProcedureName): string[] {
  const [input] = live[name]?._def.inputs ?? [];
  const schema = input instanceof z.ZodOptional ? input.unwrap() : input;
  if (!(schema instanceof z.ZodObject)) return [];
  const uuid = newId();
  const takesId = (field: z.ZodType) =>
    Object.keys(idPrefixes).some((prefix) => {
      const read = field.safeParse(toPublicId(prefix as IdPrefix, uuid));
      return read.success && read.data === uuid;
    });
  return Object.entries(schema.shape).flatMap(([field, type]) =>
    type instanceof z.ZodType && takesId(type) ? [field] : [],
  );
}

/** What came of a call that found the thing it named: done, or refused for the state that the thing is in. */
export const found = [200, 201, 202, 409];

/** Reads first, then changes; last those after which others could not be asked any more, in this order. */
const endings: readonly ProcedureName[] = [
  "apps.delete",
  "serviceAccounts.delete",
  "roles.delete",
  "history.delete",
  "keys.revoke",
  "team.changeRole",
  "team.remove",
  "account.sessions.revoke",
  "team.transferOwnership",
];
export function inOrder(): ProcedureName[] {
  const rank = (name: ProcedureName) =>
    endings.includes(name) ? 2 + endings.indexOf(name) : Number(live[name]?._def.type === "mutation");
  return names.toSorted((a, b) => rank(a) - rank(b));
}
