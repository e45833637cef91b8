import { afterAll, afterEach, describe, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { listOperatorAudit } from "../audit";
import { type Clock, DAY, fromPublicId, MINUTE, newId } from "../platform";
import { closeDb, db } from "../platform/db/client";
import { queue } from "../platform/queue/queue";
import { listNotices, publishNotice, readMeasurements, readOpenNotices, sampleStatus, updateNotice } from ".";
import type { Probes } from "./samples/probes";

await useTestStack();

const operatorId = newId();
const at = (iso: string): Clock => ({ now: () => new Date(iso) });
const noon = Date.parse("2026-11-26T12:00:00Z");
const minuteOf = (index: number): Clock => ({ now: () => new Date(noon + index * MINUTE) });
const healthy: Probes = { get: async () => ({ status: 200, ms: 20 }), mailServer: async () => {} };
const sample = (clock: Clock, probes: Partial<Probes> = {}) =>
  sampleStatus({ db: db(), queue: queue(), probes: { ...healthy, ...probes } }, clock);
const component = async (id: string, clock: Clock) => {
  const found = (await readMeasurements(db(), clock)).components.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
};

afterEach(async () => {
  await db().statusSample.deleteMany();
  await db().statusDay.deleteMany();
  await db().statusNotice.deleteMany();
});
afterAll(async () => {
  await queue().close();
  await closeDb();
});

const text = "We are looking into slow answers since 12:00 UTC.";
const incident = {
  kind: "incident" as const,
  title: "Slow answers",
  severity: "P2" as const,
  state: "investigating" as const,
  components: ["api" as const, "openai" as const],
  text,
};

describe("the history of a component", () => {
  it("counts a minute once, however often it is measured, and however many processes do", async () => {
    await Promise.all([sample(minuteOf(0)), sample(minuteOf(0)), sample(minuteOf(0))]);
    await sample(minuteOf(0));
    const { days, uptime, counted_minutes } = await component("portal", minuteOf(1));
    expect(days).toEqual([{ day: "2026-11-26", up: 1, degraded: 0, down: 0, idle: 0, unmeasured: 0 }]);
    expect([uptime, counted_minutes]).toEqual([1, 1]);
  });

  it("is down when a customer would get no answer, and slow when the answer takes long", async () => {
    await sample(minuteOf(0), { get: async () => ({ status: 503, ms: 5 }) });
    await sample(minuteOf(1), { get: async () => Promise.reject(new Error("no connection")) });
    await sample(minuteOf(2), { get: async () => ({ status: 200, ms: 2_500 }) });
    await sample(minuteOf(3), { mailServer: () => Promise.reject(new Error("refused")) });
    const { days, uptime } = await component("api", minuteOf(4));
    expect(days).toMatchObject([{ up: 1, degraded: 1, down: 2 }]);
    expect(uptime).toBe(0.5);
    expect((await component("email", minuteOf(4))).days).toMatchObject([{ up: 3, down: 1 }]);
  });

  it("counts minutes without a measurement as down for what the measuring needs, and not at all for the rest", async () => {
    await sample(minuteOf(0));
    await sample(minuteOf(9));
    const clock = minuteOf(10);
    expect(await component("api", clock)).toMatchObject({
      uptime: 0.2,
      counted_minutes: 10,
      unmeasured_minutes: 8,
    });
    expect(await component("email", clock)).toMatchObject({
      uptime: 1,
      counted_minutes: 2,
      unmeasured_minutes: 8,
    });
  });

  it("shows whole days on which nothing was measured", async () => {
    await sample({ now: () => new Date(noon - 2 * DAY) });
    const { days } = await component("queue", minuteOf(0));
    expect(days.map(({ day, unmeasured }) => [day, unmeasured])).toEqual([
      ["2026-11-24", 719],
      ["2026-11-25", 1440],
      ["2026-11-26", 720],
    ]);
  });

  it("says nothing of a provider that nobody called, nor of now by an old finding", async () => {
    await sample(minuteOf(0));
    expect(await component("openai", minuteOf(1))).toMatchObject({
      state: "idle",
      uptime: null,
      counted_minutes: 0,
    });
    expect((await component("api", minuteOf(1))).state).toBe("up");
    expect((await component("api", minuteOf(10))).state).toBe("unknown");
  });
});

describe("incidents", () => {
  it("are public with every update until resolved, then past; each deed is in the audit log", async () => {
    const opened = await publishNotice(db(), { operatorId, input: incident }, minuteOf(0));
    const id = fromPublicId("ntc", opened.id);
    const say = (state: "identified" | "monitoring" | "resolved", minute: number) =>
      updateNotice(
        db(),
        { operatorId, input: { id, state, text: `${state} by now, really` } },
        minuteOf(minute),
      );
    await say("identified", 5);
    const open = await readMeasurements(db(), minuteOf(6));
    expect(open.incidents).toMatchObject([
      { title: "Slow answers", severity: "P2", state: "identified", ends_at: null },
    ]);
    expect(open.incidents[0]?.updates.map(({ state }) => state)).toEqual(["identified", "investigating"]);
    const closed = await say("resolved", 30);
    expect(closed).toMatchObject({ state: "resolved", ends_at: minuteOf(30).now().toISOString() });
    const after = await readMeasurements(db(), minuteOf(31));
    expect([after.incidents, after.past.length]).toEqual([[], 1]);
    const audit = await listOperatorAudit(db(), { operatorId, input: { limit: 10 } });
    expect(audit.data.map(({ action }) => action)).toEqual([
      "operator.notice_updated",
      "operator.notice_updated",
      "operator.notice_published",
    ]);
  });

  it("take only more text once they have ended, and only states of their kind", async () => {
    const { id: publicId } = await publishNotice(db(), { operatorId, input: incident });
    const id = fromPublicId("ntc", publicId);
    const say = (state: "investigating" | "resolved" | "completed") =>
      updateNotice(db(), { operatorId, input: { id, state, text: "The review is published now." } });
    await expect(say("completed")).rejects.toMatchObject({ code: "invalid_request", param: "state" });
    const resolved = await say("resolved");
    await expect(say("investigating")).rejects.toMatchObject({ code: "conflict" });
    const more = await say("resolved");
    expect([more.ends_at, more.updates.length]).toEqual([resolved.ends_at, 3]);
    await expect(
      updateNotice(db(), { operatorId, input: { id: newId(), state: "resolved", text } }),
    ).rejects.toMatchObject({ code: "not_found" });
    expect((await listNotices(db(), { limit: 5 })).data.map((notice) => notice.id)).toEqual([publicId]);
  });
});

describe("maintenance", () => {
  const input = {
    kind: "maintenance" as const,
    title: "Database upgrade",
    components: ["api" as const],
    starts_at: "2026-11-27T02:00:00Z",
    ends_at: "2026-11-27T04:00:00Z",
    text: "We upgrade the database. Calls go on.",
  };

  it("is announced ahead, and begins and ends by its own times", async () => {
    await publishNotice(db(), { operatorId, input }, at("2026-11-26T12:00:00Z"));
    const stateAt = async (iso: string) => {
      const { maintenance, past } = await readMeasurements(db(), at(iso));
      return [...maintenance, ...past].map(({ state }) => state);
    };
    expect(await stateAt("2026-11-27T01:59:00Z")).toEqual(["scheduled"]);
    expect(await stateAt("2026-11-27T02:00:00Z")).toEqual(["in_progress"]);
    expect(await stateAt("2026-11-27T04:00:00Z")).toEqual(["completed"]);
    expect((await readOpenNotices(db(), at("2026-11-27T03:00:00Z"))).maintenance).toHaveLength(1);
    expect((await readOpenNotices(db(), at("2026-11-27T04:00:00Z"))).maintenance).toHaveLength(0);
  });

  it("can end early or be called off, and is refused where it ends before it begins", async () => {
    const { id: publicId } = await publishNotice(db(), { operatorId, input }, at("2026-11-26T12:00:00Z"));
    const id = fromPublicId("ntc", publicId);
    const canceled = await updateNotice(
      db(),
      { operatorId, input: { id, state: "canceled", text: "It is not needed any more." } },
      at("2026-11-26T13:00:00Z"),
    );
    expect(canceled).toMatchObject({ state: "canceled", ends_at: "2026-11-27T04:00:00.000Z" });
    await expect(
      publishNotice(
        db(),
        { operatorId, input: { ...input, ends_at: input.starts_at } },
        at("2026-11-26T12:00:00Z"),
      ),
    ).rejects.toMatchObject({ code: "invalid_request", param: "ends_at" });
  });
});
