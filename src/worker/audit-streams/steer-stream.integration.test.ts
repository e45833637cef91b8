import {
  claimStreams,
  finishBatch,
  getStream,
  notifyFailingStreams,
  pauseStream,
  testStream,
} from "@agathaai/core/audit-streams";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";
import { afterAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { streamAudit } from "./stream-audit";
import { closeReceivers, webhook } from "./testing/receivers";
import { enterprise, sequencesOf, set, write } from "./testing/streams";

const stack = await useTestStack({ WEBHOOK_PRIVATE_TARGETS: "true" });
afterAll(async () => {
  closeReceivers();
  await drainAfterResponse();
  await closeDb();
});

describe("an audit stream", () => {
  it("sends nothing while the organization has paused it, goes on without a gap, and a test comes behind what waits", async () => {
    const principal = await enterprise();
    const { url, got } = await webhook((_, response) => response.end());
    const { delivered_sequence: from } = await set(principal, { kind: "webhook", target: url });
    const pause = (paused: boolean) => pauseStream(db(), { principal, input: { paused } });
    expect(await pause(true)).toMatchObject({ status: "paused", paused_because: "customer" });
    await write(principal, 3);
    const { last_sequence: tested } = await testStream(db(), { principal });
    const claimed = await claimStreams(db(), { limit: 100, now: new Date() });
    expect(claimed.some(({ orgId }) => orgId === principal.orgId)).toBe(false);
    expect(await getStream(db(), { principal })).toMatchObject({
      entries_behind: tested - from,
      last_sequence: tested,
    });
    const stop = new AbortController();
    const worker = streamAudit({ db: db(), log: log() }, stop.signal);
    expect(await pause(false)).toMatchObject({ status: "active", paused_because: null });
    const expected = await sequencesOf(principal, from);
    await until(async () => (await getStream(db(), { principal })).entries_behind === 0);
    expect(got.flatMap(({ sequences }) => sequences)).toEqual(expected);
    expect(expected).toContain(tested);
    stop.abort();
    await worker;
    await expect(
      pauseStream(db(), { principal: { ...principal, role: "developer" }, input: { paused: true } }),
    ).rejects.toMatchObject({ code: "insufficient_role" });
  });

  it("that fails for an hour is announced to owners and admins, once an outage, and not while it is paused", async () => {
    const { claims, orgId, email } = await makeUser({ verified: true });
    await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
    const principal = await principalOf(claims);
    await set(principal, { kind: "webhook", target: "https://siem.example.com/in" });
    const start = Date.now() + 60_000;
    const attempt = async (minutes: number, outcome: Parameters<typeof finishBatch>[2]) => {
      const now = new Date(start + minutes * 60_000);
      await db().auditStream.update({ where: { orgId }, data: { nextAttemptAt: now } });
      const mine = (await claimStreams(db(), { limit: 100, now })).find((stream) => stream.orgId === orgId);
      if (mine === undefined) throw new Error("nothing to send");
      await finishBatch(db(), mine, outcome, { now: () => now });
    };
    const failed = { taken: false, error: "responded 503" } as const;
    const announce = (minutes: number) =>
      notifyFailingStreams(db(), { now: () => new Date(start + minutes * 60_000) });
    const mails = () =>
      stack.mailbox.messagesTo(email).filter(({ subject }) => subject === "Your audit stream keeps failing");
    await attempt(0, failed);
    await announce(59);
    expect(mails()).toEqual([]);
    await attempt(30, failed);
    await pauseStream(db(), { principal, input: { paused: true } });
    await announce(60);
    expect(mails()).toEqual([]);
    await pauseStream(db(), { principal, input: { paused: false } });
    await Promise.all([announce(60), announce(60)]);
    await announce(200);
    expect(mails()).toHaveLength(1);
    expect(mails()[0]?.text).toContain("responded 503");
    expect(mails()[0]?.text).not.toContain("siem.example.com/in");
    await attempt(201, { taken: true });
    await write(principal, 1);
    await attempt(202, failed);
    await announce(261);
    expect(mails()).toHaveLength(1);
    await announce(262);
    expect(mails()).toHaveLength(2);
  });
});
