import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { until } from "../../../infra/testing/until";
import { openRoomyCustomer } from "../support/open-customer";
import { auditStreams, type SeenStream, streamMany, streamOne } from "../support/stream-many";
import { useOwnPostgres } from "../support/use-own-postgres";

const { processes, wire, restart, connected, stack } = await useOwnPostgres(1, {
  SIM_LATENCY_MS: "20",
  SHUTDOWN_GRACE_MS: "3000",
});

const roomyCustomer = () => connected((sql) => openRoomyCustomer(processes.url, sql));

const counts = (seen: readonly SeenStream[]) => {
  const by: Record<string, number> = {};
  for (const { ended, status } of seen) {
    const what = ended === "refused" ? String(status) : ended;
    by[what] = (by[what] ?? 0) + 1;
  }
  return by;
};

/** Refusals while something is away: never of the credentials, and always with a time to come back. */
function expectHonest(seen: readonly SeenStream[]): void {
  const refused = seen.filter(({ ended }) => ended === "refused");
  expect([...new Set(refused.map(({ status }) => status))].filter((status) => status !== 503)).toEqual([]);
  expect(refused.filter(({ retryAfter }) => retryAfter === null)).toEqual([]);
}

async function answersAgain(key: string): Promise<void> {
  await until(async () => (await streamOne(processes.url, key, "Hello")).ended === "whole", 30_000);
}

it("streams of a server that is killed repeatedly are billed for what was delivered, and nothing stays reserved", async () => {
  const who = await roomyCustomer();
  const load = streamMany(processes.url, who, {
    atOnce: 24,
    prompt: (n) => `Question ${n} [[sim:slow:${(n % 7) * 20}]]`,
  });
  // At other moments of the calls each time: between reservation, opening, first byte, last byte and settlement.
  for (const ms of [700, 430, 910, 1_270, 590]) {
    await answersAgain(who.key);
    await sleep(ms);
    await processes.server?.kill();
    await processes.restartServer();
  }
  await sleep(1_000);
  const seen = await load.stop();
  console.log("server killed five times:", JSON.stringify(counts(seen)));
  expect(counts(seen).whole).toBeGreaterThan(100);
  expect(counts(seen).cut).toBeGreaterThan(5);
  await connected((sql) => auditStreams(sql, who, seen));
});

it("bills what was delivered when PostgreSQL is restarted under streams, and refuses honestly meanwhile", async () => {
  const who = await roomyCustomer();
  const load = streamMany(processes.url, who, { atOnce: 16, prompt: (n) => `Question ${n} [[sim:slow:50]]` });
  await sleep(800);
  await restart(2_000);
  await sleep(1_500);
  await restart(0);
  await answersAgain(who.key);
  await sleep(500);
  const seen = await load.stop();
  console.log("PostgreSQL restarted twice:", JSON.stringify(counts(seen)));
  expect(counts(seen)["503"]).toBeGreaterThan(0);
  expectHonest(seen);
  await connected((sql) => auditStreams(sql, who, seen));
});

it("bills what was delivered when PostgreSQL hangs under streams, and lets no new call wait for it", async () => {
  const who = await roomyCustomer();
  const load = streamMany(processes.url, who, { atOnce: 16, prompt: (n) => `Question ${n} [[sim:slow:50]]` });
  await sleep(800);
  wire.hang();
  await sleep(1_000);
  // Calls under way wait for their settlement; new ones are refused at once.
  const late = await Promise.all(
    Array.from({ length: 12 }, (_, n) => streamOne(processes.url, who.key, `Late question ${n}`)),
  );
  await sleep(6_000);
  await wire.start();
  await answersAgain(who.key);
  const seen = await load.stop();
  console.log(
    "PostgreSQL hung for 7 s:",
    JSON.stringify({ ...counts(seen), late: counts(late), lateMs: late.map(({ ms }) => ms) }),
  );
  expect(counts(late)).toEqual({ "503": 12 });
  // Told while it still hung; those under way ended once it was back.
  expect(Math.max(...seen.map(({ ms }) => ms))).toBeLessThan(20_000);
  expectHonest([...seen, ...late]);
  await connected((sql) => auditStreams(sql, who, [...seen, ...late]));
});

it("lets streams under way go on while PostgreSQL is away, and settles them when it is back", async () => {
  const who = await roomyCustomer();
  await answersAgain(who.key);
  // Long enough that all of them begin before the cut and end after it.
  const slow = Array.from({ length: 8 }, (_, n) =>
    streamOne(processes.url, who.key, `Question ${n} [[sim:slow:1500]]`),
  );
  await until(() => stack.simulator.calls().in_flight >= 8);
  await sleep(300);
  await wire.stop();
  await sleep(3_000);
  await wire.start();
  const seen = await Promise.all(slow);
  expect(counts(seen)).toEqual({ whole: 8 });
  await connected((sql) => auditStreams(sql, who, seen));
});
