import pg from "pg";
import { afterAll, afterEach, expect, it } from "vitest";
import { systemPort } from "../../infra/local/process/ports";
import { providerStandIns, standInsEnv } from "../../infra/stand-ins/providers/stand-ins";
import { startTestProcesses, type TestProcesses } from "../../infra/testing/processes/start-test-processes";
import { until } from "../../infra/testing/until";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { auditBooks, untilAllEnded } from "../faults/support/books";
import { openCustomer } from "../faults/support/open-customer";
import { auditStreams } from "../faults/support/stream-many";
import { startBalancer } from "./support/canary/balancer";
import { type Deployment, deploy, fastClock } from "./support/canary/deploy";
import { observeVersions } from "./support/canary/observe";
import { attemptsOf, type Load, p95Of, startLoad, statusesOf } from "./support/load";

const PER_SECOND = 40;
const TOKEN = "metrics-of-a-rehearsal";
/** Seconds of the gate that are one of ours: it holds ten minutes at 10 and at 50 percent, and takes silence for half an hour. */
const SPEED = 20;
const SPEED_OF_SILENCE = 60;

const stack = await useTestStack({ METRICS_TOKEN: TOKEN, SHUTDOWN_GRACE_MS: "20000" });
const stable = await startTestProcesses({ server: true, workers: 1 });
const balancer = await startBalancer();
balancer.add("stable", stable.url);
const sql = new pg.Client({ connectionString: stack.databaseUrl });
await sql.connect();
const slowProvider = await providerStandIns.openai.start({ port: 0, latency: { baseMs: 1_500 } });
const table: Record<string, string | number>[] = [];
let running: { load: Load; fresh: TestProcesses } | undefined;
afterEach(async () => {
  await running?.load.stop();
  await running?.fresh.kill();
  running = undefined;
});
afterAll(async () => {
  console.table(table);
  await balancer.stop();
  await stable.kill();
  await slowProvider.stop();
  await sql.end();
});

/** Roomy enough that no limit stands in the way of the load. */
async function openRoomy() {
  const who = await openCustomer(stable.url, sql);
  await sql.query("UPDATE subscriptions SET plan = 'enterprise' WHERE org_id = $1", [who.orgId]);
  return who;
}

interface Version {
  name: string;
  /** What is different about it: the same bundle, in another world. */
  env?: Record<string, string>;
  speed?: number;
  /** What the gate shows to get its metrics. */
  token?: string;
}

/** Starts a version under load and lets the gate decide about it. Whoever has to go gets SIGTERM with calls under way. */
async function rehearse({ name, env = {}, speed = SPEED, token = TOKEN }: Version): Promise<Deployment> {
  const customers = { chat: await openRoomy(), queue: await openRoomy() };
  const fresh = await startTestProcesses({ server: true, env });
  balancer.add(name, fresh.url);
  balancer.weights.set("stable", 100);
  const load = startLoad(balancer.url, customers, { perSecond: PER_SECOND, patienceMs: 60_000 });
  running = { load, fresh };
  await until(() => load.calls.filter(({ answered }) => answered).length > 2 * PER_SECOND);

  const clock = fastClock(speed);
  const versions = { stable: { url: stable.url, token: TOKEN }, [name]: { url: fresh.url, token } };
  const observed = observeVersions(versions, clock.nowSeconds);
  const began = performance.now();
  const deployment = await deploy({ fresh: name, before: "stable" }, { balancer, observed, clock });
  await observed.stop();

  const leaving = deployment.ended === "rolled back" ? fresh : stable;
  const late = Array.from({ length: 4 }, (_, n) =>
    load.chat(`Late question ${n} [[sim:slow:1000]]`, leaving.url),
  );
  await until(
    () => load.calls.filter(({ kind, attempts }) => kind === "chat" && attempts.length === 0).length >= 4,
  );
  expect(await leaving.server?.stop(), "what it had under way was drained").toBe(0);
  await Promise.all(late);
  await load.stop();
  balancer.remove(name);
  if (leaving === stable) await stable.restartServer();

  const attempts = attemptsOf(load.calls);
  const there = attempts.filter(({ servedBy }) => servedBy === name);
  const failed = attempts.filter(({ status }) => status !== "200" && status !== "202");
  const [firstBad] = failed
    .filter(({ servedBy }) => servedBy === name)
    .map(({ at, ms }) => at + ms)
    .sort((one, other) => one - other);
  table.push({
    version: name,
    end: `${deployment.ended} at ${deployment.share} %: ${deployment.because}`,
    "s to it": ((deployment.at - began) / 1_000).toFixed(1),
    "s from the first bad answer":
      firstBad === undefined ? "" : ((deployment.at - firstBad) / 1_000).toFixed(1),
    calls: load.calls.length,
    "answers of the new version": statusesOf(there),
    "p95 there": p95Of(there),
    "p95 at the stable one": p95Of(attempts.filter(({ servedBy }) => servedBy === "stable")),
    "answered at a second try": load.calls.filter((call) => call.answered && call.attempts.length > 1).length,
    lost: load.calls.filter(({ answered }) => !answered).length,
  });
  console.log(name, JSON.stringify(deployment.decisions));
  await nothingLost(customers, load);
  // The late calls go past the balancer: theirs is nobody's header.
  expect(failed.filter(({ servedBy }) => servedBy === "stable")).toEqual([]);
  return deployment;
}

/** Every caller has its answer, every accepted request was done once, and the ledger has a row an answer. */
async function nothingLost({ chat, queue }: Parameters<typeof startLoad>[1], load: Load): Promise<void> {
  expect(load.calls.filter(({ answered }) => !answered)).toEqual([]);
  await untilAllEnded(sql, queue);
  const done = load.calls.filter(({ kind }) => kind === "queue").length;
  expect(load.accepted.size).toBe(done);
  expect(await auditBooks(sql, queue, load.accepted)).toMatchObject({ completed: done });
  await auditStreams(sql, chat, load.streams);
  const { rows } = await sql.query<{ answers: number }>(
    "SELECT count(*)::int AS answers FROM usage_ledger WHERE org_id = $1 AND status = 'completed'",
    [chat.orgId],
  );
  expect(rows).toEqual([{ answers: load.streams.filter(({ ended }) => ended === "whole").length }]);
}

it("a good version gets 10, 50 and 100 percent under load, and no request is lost", async () => {
  const { ended, decisions } = await rehearse({ name: "good" });
  expect(ended).toBe("all traffic");
  expect(decisions.filter((line) => line.endsWith("hold"))).toEqual(["10 %: hold", "50 %: hold"]);
});

it("a version whose provider's address is wrong goes back, and every caller has an answer", async () => {
  const nobody = `http://127.0.0.1:${await systemPort()}`;
  const { ended, share } = await rehearse({ name: "errors", env: standInsEnv(() => nobody) });
  expect({ ended, share }).toEqual({ ended: "rolled back", share: 10 });
});

it("a version that has become slow goes back", async () => {
  const env = standInsEnv(() => slowProvider.url);
  const { ended, share, because } = await rehearse({ name: "slow", env });
  expect({ ended, share }).toEqual({ ended: "rolled back", share: 10 });
  expect(because).toContain("p95");
});

it("a version that says nothing of itself goes back, however well it may answer", async () => {
  const silent = { name: "silent", token: "not-the-token-of-it", speed: SPEED_OF_SILENCE };
  const { ended, share, because } = await rehearse(silent);
  expect({ ended, share }).toEqual({ ended: "rolled back", share: 10 });
  expect(because).toContain("silence is no proof");
});
