import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { exportGauges } from "../exports";
import { erasureGauges } from "../org-deletion";
import { DAY, HOUR, MINUTE, newId } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import type { GaugeSource } from "../platform/observability/gauges";
import { metricsRegistry } from "../platform/observability/metrics";
import { queue } from "../platform/queue/queue";
import { createDataKey } from "../privacy";
import { webhookGauges } from "../webhooks";
import { create, idOf } from "../webhooks/testing/endpoints";
import { keepJobs, noteRun } from ".";
import { gaugeSources } from "./gauge-sources";
import { jobGauges } from "./job-runs";
import { dataKeyGauges } from "./renew-data-keys";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await queue().close();
  await closeDb();
});

const ago = (ms: number) => new Date(Date.now() - ms);

/** What a scrape tells now, by the labels' values. */
async function scraped(source: GaugeSource, name: string): Promise<Record<string, number>> {
  await source.read({ db: db(), queue: queue() });
  const { values } = (await metricsRegistry().getSingleMetric(name)?.get()) ?? { values: [] };
  return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(), value]));
}
const scrapedOne = async (source: GaugeSource, name: string) =>
  (await scraped(source, name))[""] ?? Number.NaN;
/** Within a minute: a busy machine takes its time between the row and the scrape. */
const about = (seconds: number, found: number) => {
  expect(found).toBeGreaterThanOrEqual(seconds - 1);
  expect(found).toBeLessThan(seconds + 60);
};

it("what every process tells at a scrape holds the age of each promise", () => {
  for (const source of [dataKeyGauges, erasureGauges, exportGauges, webhookGauges, jobGauges])
    expect(gaugeSources).toContain(source);
});

describe("a scheduled job", () => {
  const late = () => scraped(jobGauges, "agatha_job_late_seconds");
  const idle = () => scrapedOne(jobGauges, "agatha_jobs_idle_seconds");
  const job = { name: "file papers", everyMs: MINUTE };
  const dueBy = async () => (await db().jobRun.findUniqueOrThrow({ where: { name: job.name } })).dueBy;
  beforeEach(() => db().jobRun.deleteMany());

  it("that never ran is late once two intervals and the time for a run are over", async () => {
    await keepJobs(db(), [job, { name: "move all", everyMs: MINUTE, takesMs: 6 * HOUR }]);
    expect(await late()).toEqual({ "file papers": 0, "move all": 0 });
    expect(await idle()).toBe(Number.POSITIVE_INFINITY);
    about((2 * MINUTE + 15 * MINUTE) / 1_000, ((await dueBy()).getTime() - Date.now()) / 1_000 + 59);
    await db().jobRun.updateMany({ data: { dueBy: ago(HOUR) } });
    // Being listed again, by whichever process, does not make it in time.
    await keepJobs(db(), [job]);
    const found = await late();
    about(3_600, found[job.name] ?? 0);
    expect(Object.keys(found)).toEqual([job.name]);
  });

  it("that fails again and again becomes late, and is in time with its next success", async () => {
    await noteRun(db(), job, { failed: false });
    const promised = await dueBy();
    await noteRun(db(), job, { failed: true });
    await noteRun(db(), job, { failed: true });
    expect(await dueBy()).toEqual(promised);
    expect(await db().jobRun.findUnique({ where: { name: job.name } })).toMatchObject({ failures: 2 });
    await db().jobRun.updateMany({ data: { dueBy: ago(HOUR), succeededAt: ago(2 * HOUR) } });
    about(3_600, (await late())[job.name] ?? 0);
    about(7_200, await idle());
    await noteRun(db(), job, { failed: false });
    expect(await late()).toEqual({ [job.name]: 0 });
    about(0, await idle());
    expect(await db().jobRun.findUnique({ where: { name: job.name } })).toMatchObject({ failures: 0 });
  });

  it("that runs every second does not write every second", async () => {
    const often = { name: "tick", everyMs: 1_000 };
    await noteRun(db(), often, { failed: false });
    const first = await db().jobRun.findUniqueOrThrow({ where: { name: "tick" } });
    await noteRun(db(), often, { failed: false });
    expect(await db().jobRun.findUnique({ where: { name: "tick" } })).toEqual(first);
  });
});

describe("the oldest erasure that is due", () => {
  const insert = (dueDaysAgo: number, changes: { completedAt?: Date; erasedAt?: Date } = {}) =>
    db().erasure.create({
      data: {
        ...{ id: newId(), subjectType: "user", subjectId: newId(), requestedAt: ago(40 * DAY) },
        ...{ receiptHash: Buffer.from(newId()), dueAt: ago(dueDaysAgo * DAY), ...changes },
      },
    });
  const age = () => scrapedOne(erasureGauges, "agatha_erasures_oldest_age_seconds");
  const hold = (subjectId: string) =>
    db().legalHold.create({
      data: {
        id: newId(),
        subjectType: "user",
        subjectId,
        reason: "r",
        placedBy: newId(),
        placedAt: ago(DAY),
      },
    });
  beforeEach(() => db().erasure.deleteMany());

  it("is told until it is complete; what is not due yet is not", async () => {
    expect(await age()).toBe(0);
    await insert(-10);
    expect(await age()).toBe(0);
    const { id } = await insert(26);
    await insert(4);
    about((26 * DAY) / 1_000, await age());
    const done = new Date();
    await db().erasure.update({
      where: { id },
      data: { completedAt: done, erasedAt: done, certificate: {} },
    });
    about((4 * DAY) / 1_000, await age());
  });

  it("is not one that the law makes wait; one that is erased and waits for somebody else is", async () => {
    const held = await insert(26);
    await hold(held.subjectId);
    expect(await age()).toBe(0);
    await db().erasure.update({ where: { id: held.id }, data: { erasedAt: ago(DAY) } });
    about((26 * DAY) / 1_000, await age());
  });
});

it("the oldest export that has not reached its reader is told: waiting, running, or ready with its email unsent", async () => {
  const age = () => scrapedOne(exportGauges, "agatha_exports_oldest_age_seconds");
  const insert = (status: string, hours: number, emailedAt: Date | null = null) =>
    db().dataExport.create({
      data: {
        ...{ id: newId(), subjectType: "user", subjectId: newId(), requestedBy: newId(), orgId: newId() },
        ...{ status, nextAttemptAt: ago(0), createdAt: ago(hours * HOUR), emailedAt },
        ...(status === "ready" && { keyCipher: new Uint8Array(1), bytes: 1n, expiresAt: ago(-DAY) }),
      },
    });
  expect(await age()).toBe(0);
  await insert("ready", 50, ago(HOUR));
  await insert("failed", 60);
  expect(await age()).toBe(0);
  await insert("waiting", 1);
  about(3_600, await age());
  await insert("running", 7);
  about(7 * 3_600, await age());
  const { id } = await insert("ready", 9);
  about(9 * 3_600, await age());
  await db().dataExport.delete({ where: { id } });
  about(7 * 3_600, await age());
});

it("data keys that encrypt for too long are told of where the job that renews them never runs", async () => {
  const overdue = () => scrapedOne(dataKeyGauges, "agatha_data_keys_overdue");
  const before = await overdue();
  const used = async (days: number, encryptions: number, type: "org" | "user" | "inquiry" = "org") => {
    const id = newId();
    await createDataKey(db(), { type, id }, { now: () => ago(days * DAY) });
    await db().dataKey.updateMany({ where: { subjectId: id }, data: { encryptions } });
    return id;
  };
  await used(30, 5);
  await used(40, 0);
  await used(40, 5, "inquiry");
  expect(await overdue()).toBe(before);
  const old = await used(32, 5, "user");
  await used(1, 2 ** 25);
  expect(await overdue()).toBe(before + 2);
  await db().dataKey.updateMany({
    where: { subjectId: old },
    data: { wrappedKey: null, destroyedAt: new Date() },
  });
  expect(await overdue()).toBe(before + 1);
});

it("the oldest webhook delivery that is due is told, and none of an endpoint that fails", async () => {
  const age = () => scrapedOne(webhookGauges, "agatha_webhooks_oldest_due_seconds");
  const principal = await principalOf((await makeUser({ verified: true })).claims);
  const endpointId = idOf(await create(principal));
  await db().webhookDelivery.deleteMany();
  expect(await age()).toBe(0);
  await db().webhookDelivery.create({
    data: {
      ...{ id: newId(), endpointId, orgId: principal.orgId, eventId: newId(), event: "key.created" },
      ...{ payload: {}, nextAttemptAt: ago(20 * MINUTE), createdAt: ago(HOUR) },
    },
  });
  about(1_200, await age());
  await db().webhookEndpoint.update({ where: { id: endpointId }, data: { failingSince: ago(HOUR) } });
  expect(await age()).toBe(0);
});
