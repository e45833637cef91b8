import { setTimeout as sleep } from "node:timers/promises";
import { createDb } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";
import { queue } from "@agathaai/core/platform/queue/queue";
import { scheduledJobs } from "@agathaai/worker/schedule/index";
import { afterAll, expect, it } from "vitest";
import { until } from "../../../infra/testing/until";
import { startScriptedProvider } from "../../support/provider/scripted-provider";
import { type Customer, openRoomyCustomer } from "../support/open-customer";
import {
  asSeen,
  type OpenedStream,
  openStreams,
  piecesIn,
  streamedModels,
  untilStreamsAgain,
} from "../support/open-streams";
import { auditStreams } from "../support/stream-many";
import { useOwnPostgres } from "../support/use-own-postgres";

/**
 * Outages begin right after each other. The job that closes the calls of dead processes runs here, on a connection of its own
 * past the wire, so that it looks at the worst moments: once between two of them, and after the last before the server is back.
 */

const provider = await startScriptedProvider();
const { processes, wire, address, restart, connected } = await useOwnPostgres(0, provider.env);
const db = createDb({ url: address(), poolMax: 2 });
afterAll(async () => {
  await db.$disconnect();
  await queue().close();
});

const job = scheduledJobs({ WORKER_RECOVER_INTERVAL_MS: 1_000 }).find(({ name }) => name === "recover calls");
const look = () => job?.run({ db, queue: queue(), log: log() }, new AbortController().signal);

/** Longer than a process's row and the mark of a look are good for. */
const FIRST_MS = 5_000;
/** Longer than the time that is given to processes after an outage. */
const LATER_MS = 9_000;
/** Of each model one stream that outlasts all outages, and one that ends while PostgreSQL is away. */
const LONG = { pieces: 500, paceMs: 75 };
const BRIEF = { pieces: 160, paceMs: 50 };

async function openAll(who: Customer): Promise<OpenedStream[]> {
  const long = await openStreams(processes.url, who, { provider, script: LONG });
  return [...long, ...(await openStreams(processes.url, who, { provider, script: BRIEF }))];
}

async function customerWithStreams(): Promise<{ who: Customer; opened: OpenedStream[] }> {
  const who = await connected((sql) => openRoomyCustomer(processes.url, sql));
  await untilStreamsAgain(processes.url, who, provider);
  return { who, opened: await openAll(who) };
}

/** With a look a second, as the worker does. */
async function untilEndedWhole(who: Customer, opened: readonly OpenedStream[]): Promise<void> {
  await until(async () => {
    await look();
    await sleep(900);
    return opened.every(({ read }) => read.ended);
  }, 120_000);
  const seen = opened.map(asSeen);
  expect(seen.map(({ ended }) => ended)).toEqual(seen.map(() => "whole"));
  const pieces = [LONG, LONG, LONG, BRIEF, BRIEF, BRIEF].map((script) => script.pieces);
  expect(opened.map(({ read }) => piecesIn(read.text))).toEqual(pieces);
  expect(processes.server?.logs()).not.toContain("taken for dead");
  await connected((sql) => auditStreams(sql, who, seen));
}

it("streams under way go on through a second and a third outage that begin before anybody has looked twice, and are billed once, for what was delivered", async () => {
  const { who, opened } = await customerWithStreams();
  const long = opened.slice(0, streamedModels.length);
  await look();
  await wire.stop();
  await sleep(FIRST_MS);
  for (let again = 0; again < 2; again++) {
    await wire.start();
    await look();
    await wire.stop();
    const before = long.map(({ read }) => piecesIn(read.text));
    await sleep(LATER_MS);
    await look();
    const open = await connected((sql) => sql.query("SELECT id FROM open_calls"));
    // The others may have been settled in between.
    expect(open.rows.length).toBeGreaterThanOrEqual(long.length);
    for (const [index, { read }] of long.entries())
      expect(piecesIn(read.text)).toBeGreaterThan(before[index] ?? 0);
  }
  await wire.start();
  await untilEndedWhole(who, opened);
});

it("streams under way go on through three restarts of PostgreSQL in a row, and are billed once, for what was delivered", async () => {
  const { who, opened } = await customerWithStreams();
  await look();
  await restart(FIRST_MS);
  await look();
  await restart(LATER_MS);
  await look();
  await restart(LATER_MS);
  await untilEndedWhole(who, opened);
});
