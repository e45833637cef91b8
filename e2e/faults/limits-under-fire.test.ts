import { setTimeout as sleep } from "node:timers/promises";
import { fromPublicId } from "@agathaai/core/platform";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses, type TestProcesses } from "../../infra/testing/processes/start-test-processes";
import { hasRedis, startRedis } from "../../infra/testing/redis/start-redis";
import { until } from "../../infra/testing/until";
import type { Fields } from "../support/fields";
import { auditBooks, untilAllEnded } from "./support/books";
import { openCustomer } from "./support/open-customer";
import { type Accepted, MAX_TOKENS, MODEL } from "./support/submit-many";
import { useInstallation } from "./support/use-installation";

/** 200 ms are promised, and printed: a busy machine takes its own time. Who waited for Redis would wait longer than this. */
const HANGS_MS = 15_000;
const PER_MINUTE = 10;
/** A decision goes to the server, Redis and PostgreSQL, and may wait for the machine at each. */
const HOPS = 3;

interface Fired {
  passed: number;
  /** The slowest answer, and the slowest at the same time that decides nothing. */
  answeredMs: number;
  machineMs: number;
  /** The slowest decision: the difference, round by round. */
  slowestMs: number;
}

const { processes, sql, customer } = await useInstallation({ workers: 1 });

describe("the month's tokens", () => {
  it("200 parallel submissions against a quota that fits 50: 50 are accepted, and nothing stays reserved", async () => {
    const who = await customer();
    const body = { model: MODEL, max_tokens: MAX_TOKENS, prompt: "Count to fifty." };
    const submit = () => post(processes.url, who.key, body);
    const first = await submit();
    expect(first.status).toBe(202);
    const { rows } = await sql.query<{ tokens: number }>(
      "SELECT reserved_tokens::int AS tokens FROM inference_requests WHERE org_id = $1",
      [who.orgId],
    );
    const each = rows[0]?.tokens ?? 0;
    expect(each).toBeGreaterThan(MAX_TOKENS);
    await untilAllEnded(sql, who);
    // The first call's tokens are spent; the limit leaves room for 50 more calls and almost one more. Answers come once all calls are in.
    const { rows: spent } = await sql.query<{ used: number }>(
      "SELECT used_tokens::int AS used FROM quota_counters WHERE org_id = $1",
      [who.orgId],
    );
    await sql.query("UPDATE subscriptions SET custom_monthly_tokens = $2 WHERE org_id = $1", [
      who.orgId,
      (spent[0]?.used ?? 0) + 51 * each - 1,
    ]);
    for (const worker of processes.workers.splice(0)) await worker.stop();
    // Another process may have read the old limit a moment ago.
    await sleep(6_000);
    const answers = await Promise.all(Array.from({ length: 200 }, submit));
    const accepted: Accepted = new Map();
    for (const { status, json } of [first, ...answers]) {
      if (status === 202) accepted.set(fromPublicId("inf", json.id), body.prompt);
      else expect({ status, code: json.error.code }).toEqual({ status: 429, code: "quota_exceeded" });
    }
    expect(accepted.size).toBe(51);
    // What a lease had left over goes back when it is idle.
    await until(async () => {
      const { rows: held } = await sql.query<{ reserved: number }>(
        "SELECT reserved_tokens::int AS reserved FROM quota_counters WHERE org_id = $1",
        [who.orgId],
      );
      return held[0]?.reserved === 50 * each;
    });
    await processes.addWorker();
    await untilAllEnded(sql, who);
    expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 51 });
  });
});

describe("a spend cap", () => {
  it("200 parallel submissions with a key whose cap fits 20: 20 are accepted, billed and counted to the micro-dollar", async () => {
    const who = await customer();
    // The processes of an earlier test have ended with it.
    await processes.addWorker();
    const body = { model: MODEL, max_tokens: MAX_TOKENS, prompt: "Count to twenty." };
    const submit = () => post(processes.url, who.key, body);
    const first = await submit();
    expect(first.status).toBe(202);
    await untilAllEnded(sql, who);
    const { rows } = await sql.query<{ spent: number; each: number }>(
      `SELECT k.spent_micros::int AS spent, r.reserved_micros::int AS each
       FROM key_spend k JOIN inference_requests r ON r.spend_id = k.key_id WHERE k.org_id = $1`,
      [who.orgId],
    );
    const { spent, each } = rows[0] ?? { spent: 0, each: 0 };
    expect(each).toBeGreaterThanOrEqual(spent);
    await sql.query("UPDATE api_keys SET monthly_cap_micros = $2 WHERE org_id = $1", [
      who.orgId,
      spent + 21 * each - 1,
    ]);
    for (const worker of processes.workers.splice(0)) await worker.stop();
    const answers = await Promise.all(Array.from({ length: 200 }, submit));
    const accepted: Accepted = new Map();
    for (const { status, json } of [first, ...answers]) {
      if (status === 202) accepted.set(fromPublicId("inf", json.id), body.prompt);
      else expect({ status, code: json.error.code }).toEqual({ status: 402, code: "spend_cap_reached" });
    }
    expect(accepted.size).toBe(21);
    await processes.addWorker();
    await untilAllEnded(sql, who);
    expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 21 });
    const { rows: money } = await sql.query(
      `SELECT k.reserved_micros::int AS reserved, k.spent_micros = l.cost AS equal, q.spent_micros = l.cost AS equal_of_org
       FROM key_spend k JOIN quota_counters q
         ON q.org_id = k.org_id AND q.starts_at = k.month::timestamp AT TIME ZONE 'UTC',
         (SELECT sum(cost_micros) AS cost FROM usage_ledger WHERE org_id = $1) l
       WHERE k.org_id = $1`,
      [who.orgId],
    );
    expect(money).toEqual([{ reserved: 0, equal: true, equal_of_org: true }]);
  });
});

describe.skipIf(!hasRedis)("10 requests a minute on three server processes", () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let started: TestProcesses[];
  let withRedis: string[];
  let without: string[];

  beforeAll(async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url, DATABASE_POOL_MAX: "10" };
    const start = (more: Record<string, string>) => startTestProcesses({ server: true, env: more });
    started = await Promise.all([start(env), start(env), start(env)]);
    withRedis = started.map(({ url }) => url);
    without = (await Promise.all([start({}), start({})])).map(({ url }) => url).concat(processes.url);
  });

  afterAll(async () => {
    await redis?.stop();
  });

  /**
   * Calls that spend the plan's requests and nothing else: the body is refused, after the limit was asked. Beside them
   * go calls that decide nothing; what even those wait is the machine's own delay and no part of a decision.
   */
  async function fire(urls: string[], key: string, calls: number): Promise<Fired> {
    const timed = async <T>(work: Promise<T>) => {
      const started = performance.now();
      const answer = await work;
      return { answer, ms: performance.now() - started };
    };
    const at = (index: number) => urls[index % urls.length] ?? "";
    const numbers = Array.from({ length: calls }, (_, index) => index);
    const [decided, idle] = await Promise.all([
      Promise.all(numbers.map((index) => timed(post(at(index), key, {})))),
      Promise.all(
        numbers.map((index) => timed(fetch(`${at(index)}/api/health`).then((reply) => reply.text()))),
      ),
    ]);
    for (const { answer } of decided) expect([400, 429]).toContain(answer.status);
    const answeredMs = Math.max(...decided.map(({ ms }) => ms));
    const machineMs = Math.max(...idle.map(({ ms }) => ms));
    return {
      passed: decided.filter(({ answer }) => answer.status === 400).length,
      answeredMs,
      machineMs,
      slowestMs: Math.max(0, answeredMs - HOPS * machineMs),
    };
  }

  /** Fires every 150 ms for `ms`, while `during` happens after a third of it. */
  async function fireThrough(urls: string[], key: string, ms: number, during: () => void | Promise<void>) {
    const until = Date.now() + ms;
    const event = sleep(ms / 3).then(during);
    const all = { passed: 0, answeredMs: 0, machineMs: 0, slowestMs: 0, calls: 0 };
    while (Date.now() < until) {
      const round = await fire(urls, key, 6);
      all.passed += round.passed;
      all.calls += 6;
      for (const time of ["answeredMs", "machineMs", "slowestMs"] as const) {
        all[time] = Math.max(all[time], round[time]);
      }
      await sleep(150);
    }
    await event;
    return all;
  }

  /** On the Free plan, at the start of a minute, and known to every process: its key was used once in each. */
  async function freeCustomer(urls: string[]) {
    const who = await openCustomer(urls[0] ?? "", sql);
    await sql.query("UPDATE subscriptions SET plan = 'free' WHERE org_id = $1", [who.orgId]);
    // A process may still use the plan that it read some seconds ago.
    const limitAt = async (url: string) => {
      const reply = await fetch(`${url}/api/v1/models`, { headers: { authorization: `Bearer ${who.key}` } });
      return reply.headers.get("x-ratelimit-limit-requests");
    };
    for (const url of urls) {
      await expect.poll(() => limitAt(url), { timeout: 15_000, interval: 250 }).toBe(String(PER_MINUTE));
    }
    // A window's end in the middle would let the next window's share through as well, rightly.
    const second = (Date.now() / 1_000) % 60;
    if (second > 38) await sleep((60.2 - second) * 1_000);
    return who;
  }

  const report = (what: string, figures: object) => console.log(`limits, ${what}:`, JSON.stringify(figures));

  it("without Redis", async () => {
    const who = await freeCustomer(without);
    const figures = await fireThrough(without, who.key, 3_000, () => undefined);
    report("without Redis", figures);
    expect(figures.passed).toBe(PER_MINUTE);
    expect(figures.answeredMs).toBeLessThan(HANGS_MS);
  });

  it("with Redis", async () => {
    const who = await freeCustomer(withRedis);
    const figures = await fireThrough(withRedis, who.key, 3_000, () => undefined);
    report("with Redis", figures);
    expect(figures.passed).toBe(PER_MINUTE);
    expect(figures.answeredMs).toBeLessThan(HANGS_MS);
  });

  it("while Redis hangs, and once it answers again", async () => {
    const who = await freeCustomer(withRedis);
    const before = await fire(withRedis, who.key, 4);
    expect(before.passed).toBe(4);
    redis.freeze();
    const hanging = await fireThrough(withRedis, who.key, 3_000, () => undefined).finally(() => redis.thaw());
    const after = await fireThrough(withRedis, who.key, 4_000, () => undefined);
    report("Redis hangs", { before, hanging, after });
    expect(before.passed + hanging.passed + after.passed).toBe(PER_MINUTE);
    expect(Math.max(before.answeredMs, hanging.answeredMs, after.answeredMs)).toBeLessThan(HANGS_MS);
  });

  it("while Redis hangs in the middle of a burst", async () => {
    const who = await freeCustomer(withRedis);
    const firing = fire(withRedis, who.key, 60);
    await sleep(4);
    redis.freeze();
    const burst = await firing;
    const later = await fire(withRedis, who.key, 30).finally(() => redis.thaw());
    const after = await fireThrough(withRedis, who.key, 3_000, () => undefined);
    report("Redis hangs in a burst", { burst, later, after });
    expect(burst.passed + later.passed + after.passed).toBe(PER_MINUTE);
  });

  it("while a process stands still behind its answers, and Redis with it", async () => {
    const who = await freeCustomer(withRedis);
    const [first = "", ...others] = withRedis;
    const pid = started[0]?.server?.pid ?? 0;
    const answers = await Promise.all(Array.from({ length: PER_MINUTE }, () => post(first, who.key, {})));
    process.kill(pid, "SIGSTOP");
    redis.freeze();
    const meanwhile = await fire(others, who.key, 20).finally(() => {
      process.kill(pid, "SIGCONT");
      redis.thaw();
    });
    const after = await fire(withRedis, who.key, 12);
    report("a process and Redis stand still", { meanwhile, after });
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400));
    expect(meanwhile.passed + after.passed).toBe(0);
  });

  it("while Redis is killed, and with a new, empty one", async () => {
    const who = await freeCustomer(withRedis);
    const before = await fire(withRedis, who.key, 4);
    expect(before.passed).toBe(4);
    const killed = await fireThrough(withRedis, who.key, 4_000, () => redis.kill());
    await redis.start();
    const after = await fireThrough(withRedis, who.key, 5_000, () => undefined);
    report("Redis killed", { before, killed, after });
    expect(before.passed + killed.passed + after.passed).toBe(PER_MINUTE);
    expect(Math.max(before.answeredMs, killed.answeredMs, after.answeredMs)).toBeLessThan(HANGS_MS);
  });
});

async function post(url: string, key: string, body: unknown): Promise<{ status: number; json: Fields }> {
  const response = await fetch(`${url}/api/v1/inference`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() };
}
