import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fromPublicId } from "@agathaai/core/platform";
import { expect, it } from "vitest";
import { until } from "../../../infra/testing/until";
import { auditBooks, untilAllEnded } from "../support/books";
import { openCustomer } from "../support/open-customer";
import { type Accepted, MAX_TOKENS, MODEL } from "../support/submit-many";
import { useOwnPostgres } from "../support/use-own-postgres";

const { processes, wire, restart, connected } = await useOwnPostgres(2);

interface Outcome {
  /** Each prompt that was accepted, by its id. */
  accepted: Accepted;
  statuses: Record<string, number>;
  withoutRetryAfter: number;
  replayed: number;
  slowestMs: number;
}

/**
 * Submits under load. An outcome that is not known (503, a broken or late answer) is asked for again with the same
 * Idempotency-Key until it is.
 */
async function submitThrough(key: string, count: number): Promise<Outcome> {
  const outcome: Outcome = {
    accepted: new Map(),
    statuses: {},
    withoutRetryAfter: 0,
    replayed: 0,
    slowestMs: 0,
  };
  const deadline = Date.now() + 90_000;
  let next = 0;
  const caller = async () => {
    for (let n = next++; n < count; n = next++) {
      const prompt = `Question ${n} [[sim:slow:100]]`;
      const idempotencyKey = randomUUID();
      while (Date.now() < deadline) {
        const id = await attempt(outcome, key, idempotencyKey, prompt);
        if (id !== undefined) {
          outcome.accepted.set(fromPublicId("inf", id), prompt);
          break;
        }
        await sleep(200);
      }
      await sleep(60);
    }
  };
  await Promise.all(Array.from({ length: 12 }, caller));
  return outcome;
}

async function attempt(outcome: Outcome, key: string, idempotencyKey: string, prompt: string) {
  const started = performance.now();
  const count = (what: string) => {
    outcome.statuses[what] = (outcome.statuses[what] ?? 0) + 1;
    outcome.slowestMs = Math.max(outcome.slowestMs, performance.now() - started);
  };
  try {
    const response = await fetch(`${processes.url}/api/v1/inference`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${key}`,
        "idempotency-key": idempotencyKey,
      },
      body: JSON.stringify({ model: MODEL, max_tokens: MAX_TOKENS, prompt }),
      signal: AbortSignal.timeout(30_000),
    });
    const body = (await response.json()) as { id?: string };
    count(String(response.status));
    if (response.status === 503 && response.headers.get("retry-after") === null)
      outcome.withoutRetryAfter += 1;
    if (response.headers.get("idempotent-replayed") === "true") outcome.replayed += 1;
    return response.status === 202 ? body.id : undefined;
  } catch {
    count("no answer");
    return undefined;
  }
}

/** Each accepted request is there once, nothing else is, and the books are right. */
async function settle(orgId: string, outcome: Outcome, count: number): Promise<void> {
  expect(outcome.accepted.size).toBe(count);
  for (const status of Object.keys(outcome.statuses))
    expect(["202", "503", "409", "no answer"]).toContain(status);
  expect(outcome.withoutRetryAfter).toBe(0);
  await connected(async (sql) => {
    await untilAllEnded(sql, { orgId, key: "" });
    const { rows } = await sql.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM inference_requests WHERE org_id = $1",
      [orgId],
    );
    expect(rows).toEqual([{ count }]);
    expect(await auditBooks(sql, { orgId, key: "" }, outcome.accepted)).toMatchObject({ completed: count });
  });
}

it("no request is lost or doubled when PostgreSQL is restarted under load, and the server recovers by itself", async () => {
  const who = await connected((sql) => openCustomer(processes.url, sql));
  const pids = [processes.server?.pid, ...processes.workers.map(({ pid }) => pid)];
  const submitting = submitThrough(who.key, 400);
  await sleep(800);
  await restart(2_000);
  await sleep(1_500);
  await restart(0);
  const outcome = await submitting;
  console.log("PostgreSQL restarted twice:", JSON.stringify({ ...outcome, accepted: outcome.accepted.size }));
  expect(outcome.statuses["503"]).toBeGreaterThan(0);
  await settle(who.orgId, outcome, 400);
  expect([processes.server?.pid, ...processes.workers.map(({ pid }) => pid)]).toEqual(pids);
});

it("while PostgreSQL hangs calls get 503 and no request is lost", async () => {
  const who = await connected((sql) => openCustomer(processes.url, sql));
  const submitting = submitThrough(who.key, 300);
  await sleep(800);
  wire.hang();
  await sleep(8_000);
  await wire.start();
  const outcome = await submitting;
  console.log("PostgreSQL hung for 8 s:", JSON.stringify({ ...outcome, accepted: outcome.accepted.size }));
  expect(outcome.statuses["503"]).toBeGreaterThan(0);
  expect(outcome.slowestMs).toBeLessThan(20_000);
  await settle(who.orgId, outcome, 300);
});

it.each([
  ["is down", () => wire.stop()],
  ["hangs", () => wire.hang()],
] as const)(
  "is never taken for bad credentials: 503 with retry-after for key, token and sign-in while it %s",
  async (_what, cut) => {
    const email = `${randomUUID()}@example.com`;
    const password = `correct horse ${randomUUID()}`;
    const send = (path: string, options: { as?: string; body?: unknown }) =>
      fetch(processes.url + path, {
        method: options.body === undefined ? "GET" : "POST",
        headers: {
          ...(options.as !== undefined && { authorization: `Bearer ${options.as}` }),
          ...(options.body !== undefined && { "content-type": "application/json" }),
        },
        ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
        signal: AbortSignal.timeout(20_000),
      });
    const account = await (
      await send("/api/v1/auth/register", { body: { email, password, name: "Ada" } })
    ).json();
    const { secret } = await (
      await send("/api/v1/keys", { as: account.access_token, body: { name: "k", environment: "test" } })
    ).json();
    expect((await send("/api/v1/models", { as: secret })).status).toBe(200);
    // Caches must have expired by now.
    await sleep(5_500);
    await cut();
    try {
      const replies = await Promise.all([
        send("/api/v1/models", { as: secret }),
        send("/api/v1/me", { as: account.access_token }),
        send("/api/v1/auth/login", { body: { email, password } }),
        send("/api/v1/auth/refresh", { body: { refresh_token: account.refresh_token } }),
        send("/api/v1/inference", { as: secret, body: { model: MODEL, prompt: "Hello" } }),
      ]);
      for (const reply of replies) {
        const text = await reply.text();
        expect(reply.status, text).toBe(503);
        expect(JSON.parse(text).error.code).toBe("service_unavailable");
        expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
      }
      expect((await send("/api/health", {})).status).toBe(200);
      expect((await send("/api/ready", {})).status).toBe(503);
    } finally {
      await wire.start();
    }
    await until(async () => (await send("/api/v1/models", { as: secret })).status === 200, 20_000);
    expect((await send("/api/v1/me", { as: account.access_token })).status).toBe(200);
  },
);
