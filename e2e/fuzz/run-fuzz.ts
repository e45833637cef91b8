import { createDirectoryToken } from "@agathaai/core/company-sign-in";
import { keyScopes } from "@agathaai/core/keys";
import { db } from "@agathaai/core/platform/db/client";
import fc from "fast-check";
import type { TestStack } from "../../infra/testing/use-test-stack";
import { principalOf } from "../api/tenancy/callers";
import { type Api, openApi } from "../support/client";
import { customer, makeKey, type Person } from "../support/people";
import { connectApp, signAppToken } from "../support/tokens/app-token";
import { openServiceAccount } from "../support/tokens/service-token";
import { type FuzzRequest, fuzzRequests } from "./request";
import { send } from "./send";
import { verdict } from "./verdict";

/**
 * Behind a proxy, so that every call may come from an address of its own. With billing set up, though nobody answers as
 * Stripe: without a key its webhook would rightly say 503.
 */
export const fuzzEnvironment = {
  TRUSTED_PROXY_HOPS: "1",
  STRIPE_SECRET_KEY: "sk_test_fuzz",
  STRIPE_WEBHOOK_SECRET: "whsec_fuzz",
  STRIPE_API_BASE: "http://127.0.0.1:9",
};

export interface FuzzReport {
  requests: number;
  seconds: number;
  slowestMs: number;
  /** How often each status was answered. */
  statuses: Record<string, number>;
  /** Operations of the document that were called. */
  operations: Set<string>;
  findings: string[];
}

const CHUNK = 100;
const PARALLEL = 8;
const MAX_FINDINGS = 25;

/** Sends so many generated requests to a running server. The same seed makes the same requests. */
export async function runFuzz(
  server: Parameters<typeof openApi>[0],
  stack: TestStack,
  { count, seed }: { count: number; seed: number },
): Promise<FuzzReport> {
  const api = await openApi(server);
  const started = performance.now();
  const report: FuzzReport = {
    requests: 0,
    seconds: 0,
    slowestMs: 0,
    statuses: {},
    operations: new Set(),
    findings: [],
  };
  for (let at = 0; at < count && report.findings.length < MAX_FINDINGS; at += CHUNK) {
    // A fresh customer each time: requests may well have ended the sessions and keys of the last.
    const caller = await openCaller(from(api, `10.255.${(at / CHUNK) >> 8}.${(at / CHUNK) & 255}`), stack);
    const requests = fc.sample(fuzzRequests(api.contract.document, caller.ids), {
      seed: seed + at,
      numRuns: Math.min(CHUNK, count - at),
    });
    let next = 0;
    const sender = async () => {
      for (let index = next++; index < requests.length; index = next++) {
        const request = requests[index];
        if (request !== undefined)
          await attempt(new URL(api.url), request, caller, { report, number: at + index });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, sender));
  }
  report.seconds = (performance.now() - started) / 1_000;
  return report;
}

/** The same caller at another network address, so that sign-ups are not throttled as one visitor's. */
function from(api: Api, address: string): Api {
  const headers = { "x-forwarded-for": address };
  return {
    ...api,
    get: (path, options) => api.get(path, { ...options, headers: { ...options?.headers, ...headers } }),
    post: (path, options) => api.post(path, { ...options, headers: { ...options?.headers, ...headers } }),
  };
}

interface Caller {
  person: Person;
  key: string;
  /** Tokens of an app, a service account and a company's directory. */
  app: string;
  serviceAccount: string;
  directory: string;
  ids: string[];
}

async function openCaller(api: Api, stack: TestStack): Promise<Caller> {
  const person = await customer(api, stack);
  const key = await makeKey(api, person);
  await makeKey(api, person, { environment: "test" });
  const { json } = await api.post("/api/v1/inference", {
    as: key,
    body: { model: "gpt-4o", prompt: "Hello" },
  });
  const keys = (await api.get("/api/v1/keys", { as: person.accessToken })).json.data;
  const principal = await principalOf(person);
  const account = await openServiceAccount(principal, { scopes: [...keyScopes] });
  const connection = await connectApp(principal);
  const { secret: directory } = await createDirectoryToken(db(), { principal });
  return {
    person,
    key,
    app: await signAppToken(principal, connection),
    serviceAccount: account.token,
    directory,
    ids: [json.id, keys[0].id, person.orgId, account.id, connection.appId],
  };
}

async function attempt(
  base: URL,
  request: FuzzRequest,
  { person, key, app, serviceAccount, directory }: Caller,
  { report, number }: { report: FuzzReport; number: number },
): Promise<void> {
  const authorization = {
    key: `Bearer ${key}`,
    person: `Bearer ${person.accessToken}`,
    app: `Bearer ${app}`,
    "service account": `Bearer ${serviceAccount}`,
    directory: `Bearer ${directory}`,
    nonsense: "Bearer agt_live_nonsense",
    nobody: undefined,
  }[request.as];
  const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  report.requests += 1;
  report.operations.add(request.operation);
  const tell = (what: string) => {
    const body = request.body?.toString("utf8").slice(0, 300) ?? "";
    report.findings.push(
      `#${number} ${request.method} ${request.path.slice(0, 300)} as ${request.as} ${JSON.stringify(request.headers).slice(0, 300)} ${body}\n    → ${what}`,
    );
  };
  try {
    const reply = await send(base, request, { authorization, address });
    report.slowestMs = Math.max(report.slowestMs, reply.ms);
    report.statuses[reply.status] = (report.statuses[reply.status] ?? 0) + 1;
    const wrong = verdict(request.method, reply);
    if (wrong !== undefined)
      tell(`${wrong}: ${reply.text.slice(0, 300)} (${String(reply.headers["x-request-id"])})`);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
  }
}
