import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { hasRedis } from "../../infra/testing/redis/start-redis";
import { until } from "../../infra/testing/until";
import { auditBooks, untilAllEnded } from "../faults/support/books";
import { openCustomer } from "../faults/support/open-customer";
import { auditStreams } from "../faults/support/stream-many";
import { callServer } from "../support/customer";
import { attemptsOf, type Customers, type Load, p95Of, startLoad, statusesOf } from "./support/load";
import { type Fault, faultsOf } from "./support/nodes/faults";
import { startNodes, TOKEN } from "./support/nodes/installation";
import { hasPrometheus, startPrometheus } from "./support/nodes/prometheus";

/** Windows and waiting times of the rules are so many times shorter: five minutes are fifteen seconds. */
const FACTOR = 20;
const PER_SECOND = 20;
/** A fault that no alert is expected for lasts so long: longer than a critical alert would take. */
const QUIET_MS = 30_000;
const ALERT_MS = 120_000;
/** So many answers in a row, seconds of them, are calm. */
const CALM = 3 * PER_SECOND;

if (!hasRedis || !hasPrometheus)
  throw new Error(
    "This rehearsal needs redis-server and prometheus (Debian: apt-get install redis-server prometheus).",
  );
const nodes = await startNodes();
const { processes, database, workers } = nodes;
const prometheus = await startPrometheus({
  factor: FACTOR,
  token: TOKEN,
  targets: {
    server: [new URL(processes.url).host],
    worker: workers.map(({ WORKER_METRICS_PORT }) => `127.0.0.1:${WORKER_METRICS_PORT}`),
  },
});
const table: Record<string, string | number>[] = [];
afterAll(async () => {
  console.table(table);
  await prometheus.stop();
  await nodes.stop();
});

const roomy = async (sql: pg.Client) => {
  const who = await openCustomer(processes.url, sql, {
    scopes: ["inference:read", "inference:write", "webhooks:write"],
  });
  await sql.query("UPDATE subscriptions SET plan = 'enterprise' WHERE org_id = $1", [who.orgId]);
  return who;
};
let customers: Customers;
beforeAll(async () => {
  customers = await database.connected(async (sql) => ({ chat: await roomy(sql), queue: await roomy(sql) }));
  const { status, text } = await callServer(processes.url).post("/api/v1/webhooks", {
    as: customers.queue.key,
    body: { url: nodes.receiverUrl, events: ["inference.completed"] },
  });
  expect(status, text).toBe(201);
});

let load: Load;
/** Of all faults together: the customers are the same. */
const accepted: Load["accepted"] = new Map();
beforeEach(async () => {
  await untilAnswered();
  load = startLoad(processes.url, customers, { perSecond: PER_SECOND, patienceMs: 150_000 });
});
afterEach(() => load.stop());

/** Whether the fault before is over: three calls are answered. */
async function untilAnswered(): Promise<void> {
  const probe = startLoad(processes.url, customers, { perSecond: 2, patienceMs: 60_000 });
  await until(() => probe.calls.filter(({ answered }) => answered).length >= 3);
  await probe.stop();
}

const isAnswer = ({ status }: { status: string }) => status === "200" || status === "202";
const percent = (part: number, whole: number) => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;

it.each(faultsOf(nodes))("$what", async (fault: Fault) => {
  if (fault.needs === false) {
    table.push({ away: fault.what, statuses: "not tried: it takes root to mount a disk" });
    return;
  }
  await until(() => fault.alerts.every((name) => !prometheus.firing().has(name)), ALERT_MS);
  // What has just been started is slow at first: its errors are not this fault's.
  await until(() => {
    const last = attemptsOf(load.calls).slice(-CALM);
    return last.length === CALM && last.every(isAnswer);
  });
  const before = new Set(prometheus.firing());
  await fault.begin();
  const began = performance.now();
  if (fault.alerts.length === 0) await sleep(QUIET_MS);
  // A fault that nothing notices is a finding: the rehearsal fails.
  else await until(() => fault.alerts.every((name) => prometheus.since(began).has(name)), ALERT_MS);
  const noticed = performance.now();
  const looked = await fault.look();
  await fault.end();
  const repaired = performance.now();
  await until(() => attemptsOf(load.calls).some((one) => one.at > repaired && isAnswer(one)));
  const answered = performance.now();
  const over = await until(() => fault.alerts.every((name) => !prometheus.firing().has(name)), ALERT_MS).then(
    () => ((performance.now() - repaired) / 1_000).toFixed(0),
    () => "still there",
  );
  await load.stop();

  const during = attemptsOf(load.calls).filter(({ at }) => at >= began && at < noticed);
  const errors = during.filter((one) => !isAnswer(one));
  const new_ = [...prometheus.since(began)].filter(([name]) => !before.has(name));
  table.push({
    away: fault.what,
    statuses: statusesOf(during),
    errors: percent(errors.length, during.length),
    "without retry-after": errors.filter(({ status, retryAfter }) => /^5/.test(status) && retryAfter === null)
      .length,
    "p95 (ms)": p95Of(during),
    "alerts (s)": new_.map(([name, after]) => `${name} ${after.toFixed(0)}`).join(", ") || "none",
    "answered again (s)": ((answered - repaired) / 1_000).toFixed(1),
    "alert over (s)": over,
    runbook: fault.runbook,
    "its first look": looked,
    lost: load.calls.filter((call) => !call.answered).length,
  });
  console.table(table.slice(-1));
  expect(over, "the runbook ended it").not.toBe("still there");
  expect(load.calls.filter((call) => !call.answered)).toEqual([]);
  await database.connected(async (sql) => {
    await untilAllEnded(sql, customers.queue);
    for (const [id, prompt] of load.accepted) accepted.set(id, prompt);
    await auditBooks(sql, customers.queue, accepted);
    await auditStreams(sql, customers.chat, load.streams);
  });
});
