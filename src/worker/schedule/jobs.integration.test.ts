import { newId } from "@agathaai/core/platform";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { deleteExpiredRows } from "@agathaai/core/platform/db/rows/expire-rows";
import { env } from "@agathaai/core/platform/env";
import { log } from "@agathaai/core/platform/observability/log";
import { queue } from "@agathaai/core/platform/queue/queue";
import { afterAll, describe, expect, it } from "vitest";
import { openAccount } from "../../../infra/testing/open-account";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { scheduledJobs } from "./index";
import { expiredRows } from "./retention-jobs";
import { runExclusively, runScheduler, type ScheduledJob } from "./run-scheduler";

const stack = await useTestStack({ WORKER_RECOVER_INTERVAL_MS: "200" });
const context = { db: db(), queue: queue(), log: log() };

afterAll(async () => {
  await queue().close();
  await closeDb();
});

describe("the scheduler", () => {
  it("runs a job in one process at a time, and frees it afterwards", async () => {
    let finish = () => {};
    const started = new Promise<void>((resolve) => {
      void runExclusively(db(), "alone", async () => {
        resolve();
        await new Promise<void>((end) => {
          finish = end;
        });
      });
    });
    await started;
    let second = false;
    const run = async () => {
      second = true;
    };
    expect(await runExclusively(db(), "alone", run)).toBe(false);
    expect(await runExclusively(db(), "another", async () => {})).toBe(true);
    expect(second).toBe(false);
    finish();
    await until(() => runExclusively(db(), "alone", run));
    expect(second).toBe(true);
  });

  it("goes on after an error, and stops at once when told to", async () => {
    const stop = new AbortController();
    let ticks = 0;
    const jobs: ScheduledJob[] = [
      {
        name: "flaky",
        everyMs: 20,
        async run() {
          ticks += 1;
          if (ticks === 1) throw new Error("no luck");
        },
      },
      { name: "rare", everyMs: 86_400_000, async run() {} },
    ];
    const done = runScheduler(context, jobs, stop.signal);
    await until(() => ticks > 2);
    stop.abort();
    // The rare one would have come tomorrow.
    await done;
  });

  it("notes in the database which job fails and which ends well, and forgets those that are no more", async () => {
    await db().jobRun.create({ data: { name: "of the release before", dueBy: new Date(0) } });
    const stop = new AbortController();
    const jobs: ScheduledJob[] = [
      {
        name: "breaks",
        everyMs: 20,
        async run() {
          throw new Error("no luck");
        },
      },
      { name: "works", everyMs: 20, async run() {} },
      {
        name: "hangs",
        everyMs: 20,
        run: (_, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
      },
    ];
    const done = runScheduler(context, jobs, stop.signal);
    const rows = () => db().jobRun.findMany({ orderBy: { name: "asc" } });
    await until(async () => (await rows()).some(({ failures }) => failures > 2));
    await until(async () => (await rows()).some(({ succeededAt }) => succeededAt !== null));
    await until(async () => (await rows()).length === 3);
    stop.abort();
    await done;
    expect(await rows()).toMatchObject([
      { name: "breaks", succeededAt: null, failedAt: expect.any(Date) },
      { name: "hangs", succeededAt: null, failedAt: null, failures: 0 },
      { name: "works", succeededAt: expect.any(Date), failures: 0 },
    ]);
  });

  it("runs every real job without an error, and mends a request whose message was lost", async () => {
    await stack.sqs.stop();
    const id = await (await openAccount(db(), queue())).submit({ prompt: "Hi" });
    await stack.sqs.start();
    await db().$executeRaw`UPDATE inference_requests SET attempts = 1 WHERE id = ${id}::uuid`;

    const errors: unknown[] = [];
    const stop = new AbortController();
    const jobs = scheduledJobs(env()).map((job) => ({
      ...job,
      run: (...parameters: Parameters<ScheduledJob["run"]>) =>
        job.run(...parameters).catch((error: unknown) => void errors.push(error)),
    }));
    const done = runScheduler(context, jobs, stop.signal);
    const messages = await queue().receive("standard", { max: 10, waitSeconds: 10, visibilitySeconds: 5 });
    stop.abort();
    await done;
    expect(errors).toEqual([]);
    expect(messages.map(({ body }) => body)).toEqual([expect.stringContaining(id)]);
  });
});

describe("expiry", () => {
  it("deletes what has ended and keeps what has not", async () => {
    const key = (name: string, expiresAt: Date) => ({
      key: name,
      windowStart: new Date(),
      count: 1,
      expiresAt,
    });
    const past = new Date(Date.now() - 60_000);
    await db().rateLimitBucket.createMany({
      data: [key("old", past), key("new", new Date(Date.now() + 60_000))],
    });
    const orgId = newId();
    await db().idempotencyKey.create({
      data: {
        orgId,
        operation: "o",
        key: "k",
        requestHash: new Uint8Array([1]),
        status: "done",
        createdAt: past,
        expiresAt: past,
      },
    });
    const deleted = await deleteExpiredRows(db(), expiredRows, new AbortController().signal);
    expect(deleted).toMatchObject({ rate_limit_buckets: 1, idempotency_keys: 1 });
    expect(await db().rateLimitBucket.findMany({ select: { key: true } })).toEqual([{ key: "new" }]);
  });
});
