import { getStream, removeStream } from "@agathaai/core/audit-streams";
import type { UserPrincipal } from "@agathaai/core/platform";
import { drainAfterResponse } from "@agathaai/core/platform/concurrency/after-response";
import { closeDb, db } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Authority, makeAuthority } from "../../../infra/testing/certificates";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { sendSyslog } from "./send-syslog";
import { streamAudit } from "./stream-audit";
import { frame } from "./syslog-message";
import { closeReceivers, syslog as startSyslog, webhook } from "./testing/receivers";
import { enterprise, sequencesOf, set, write } from "./testing/streams";

await useTestStack({ WEBHOOK_PRIVATE_TARGETS: "true" });
let authority: Authority;
let workers: { stop: AbortController; done: Promise<void> }[] = [];

beforeAll(async () => {
  authority = await makeAuthority();
});
afterEach(async () => {
  closeReceivers();
  await stopWorkers();
});
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

function startWorker() {
  const stop = new AbortController();
  workers.push({ stop, done: streamAudit({ db: db(), log: log() }, stop.signal) });
}
async function stopWorkers() {
  for (const { stop } of workers) stop.abort();
  await Promise.all(workers.map(({ done }) => done));
  workers = [];
}

/** Without what came again: the order in which each came first. */
const firsts = (numbers: readonly number[]) => [...new Set(numbers)];
/** Due at once, instead of after the pause. */
const hurry = ({ orgId }: UserPrincipal) =>
  db().auditStream.updateMany({ where: { orgId, failures: { gt: 0 } }, data: { nextAttemptAt: new Date() } });

const syslog = (names?: Parameters<Authority["issue"]>[0]) => startSyslog(authority, names);

describe("an audit stream to a webhook", () => {
  it("has every entry from when it was set, in order, signed, in batches of at most a hundred", async () => {
    const principal = await enterprise();
    await write(principal, 5);
    const { url, got } = await webhook((_, response) => response.end());
    const stream = await set(principal, { kind: "webhook", target: url });
    await write(principal, 230);
    startWorker();
    const expected = await sequencesOf(principal, stream.delivered_sequence);
    expect(expected).toHaveLength(231);
    await until(() => got.flatMap(({ sequences }) => sequences).length >= expected.length);
    expect(got.flatMap(({ sequences }) => sequences)).toEqual(expected);
    expect(Math.max(...got.map(({ sequences }) => sequences.length))).toBe(100);
    for (const { body, headers } of got) {
      expect(new Webhook(stream.secret ?? "").verify(body, headers)).toBeTruthy();
    }
    await until(async () => (await getStream(db(), { principal })).delivered_sequence === expected.at(-1));
    expect(await getStream(db(), { principal })).toMatchObject({ status: "active", failures: 0 });
  });

  it("loses nothing and keeps the order while the receiver fails and several workers run, with one ID for one batch", async () => {
    const principal = await enterprise();
    let calls = 0;
    const { url, got } = await webhook((_, response) => {
      calls += 1;
      response.writeHead(calls % 3 === 0 ? 200 : 500).end();
    });
    const { delivered_sequence: from } = await set(principal, { kind: "webhook", target: url });
    for (let worker = 0; worker < 3; worker += 1) startWorker();
    for (let round = 0; round < 4; round += 1) await write(principal, 40);
    const expected = await sequencesOf(principal, from);
    await until(async () => {
      await hurry(principal);
      return (await getStream(db(), { principal })).delivered_sequence === expected.at(-1);
    });
    expect(firsts(got.flatMap(({ sequences }) => sequences))).toEqual(expected);
    const idsOfBatch = new Map<string, Set<string>>();
    for (const { headers, sequences } of got) {
      const range = `${sequences.at(0)}-${sequences.at(-1)}`;
      idsOfBatch.set(range, (idsOfBatch.get(range) ?? new Set()).add(headers["webhook-id"] ?? ""));
    }
    for (const ids of idsOfBatch.values()) expect(ids.size).toBe(1);
  });
});

describe("an audit stream to a syslog receiver over TLS", () => {
  it("has every entry in order, as RFC 5424 in frames of RFC 5425, by an authority of the customer's own", async () => {
    const principal = await enterprise();
    const receiver = await syslog();
    const ca = authority.certificate;
    const { delivered_sequence: from } = await set(principal, {
      kind: "syslog",
      target: receiver.target,
      ca,
    });
    await write(principal, 120);
    startWorker();
    const expected = await sequencesOf(principal, from);
    await until(() => receiver.messages.length >= expected.length);
    expect(receiver.sequences()).toEqual(expected);
    const last = receiver.messages.at(-1) ?? "";
    expect(last).toMatch(
      /^<110>1 \d{4}-\d\d-\d\dT[\d:.]+Z localhost agathaai - org\.updated \[agathaai@32473 id="aud_\w+" sequence="\d+" organization="org_\w+"\] \uFEFF\{/,
    );
    expect(last).toContain("ünïcode");
  });

  it("loses nothing and keeps the order while the receiver dies in the middle of batches, and hangs", async () => {
    const principal = await enterprise();
    const receiver = await syslog();
    receiver.behavior.now = "dies";
    const ca = authority.certificate;
    const { delivered_sequence: from } = await set(principal, {
      kind: "syslog",
      target: receiver.target,
      ca,
    });
    startWorker();
    startWorker();
    await write(principal, 60);
    await until(async () => {
      await hurry(principal);
      return (await getStream(db(), { principal })).failures >= 2;
    });
    expect(await getStream(db(), { principal })).toMatchObject({
      status: "failing",
      last_error: "closed the connection",
    });
    receiver.behavior.now = "hangs";
    await write(principal, 60);
    await until(async () => {
      await hurry(principal);
      return receiver.hung() > 0;
    });
    const { delivered_sequence: before, failures } = await getStream(db(), { principal });
    receiver.cut();
    await until(async () => (await getStream(db(), { principal })).failures > failures);
    // What was sent to a receiver that read none of it was not taken.
    expect((await getStream(db(), { principal })).delivered_sequence).toBe(before);
    receiver.behavior.now = "takes";
    const expected = await sequencesOf(principal, from);
    await until(async () => {
      await hurry(principal);
      return (await getStream(db(), { principal })).delivered_sequence === expected.at(-1);
    });
    expect(firsts(receiver.sequences())).toEqual(expected);
  });

  it("takes a receiver that accepts the connection and then hangs for one that has not taken the batch", async () => {
    const receiver = await syslog();
    receiver.behavior.now = "hangs";
    const sent = sendSyslog(receiver.target, [frame("one entry")], {
      ca: authority.certificate,
      allowPrivate: true,
      timeoutMs: 300,
    });
    await expect(sent).rejects.toThrow("not taken within");
    expect(receiver.hung()).toBe(1);
    receiver.behavior.now = "takes";
    await sendSyslog(receiver.target, [frame("one entry")], {
      ca: authority.certificate,
      allowPrivate: true,
    });
    expect(receiver.messages).toEqual(["one entry"]);
  });

  it("sends nothing to a receiver whose certificate it does not trust, and says so", async () => {
    const principal = await enterprise();
    const receiver = await syslog();
    const other = await makeAuthority();
    startWorker();
    for (const ca of [undefined, other.certificate]) {
      await set(principal, { kind: "syslog", target: receiver.target, ca });
      await until(async () => (await getStream(db(), { principal })).failures > 0);
      expect((await getStream(db(), { principal })).last_error).toMatch(/certificate was not accepted/);
    }
    const elsewhere = await syslog({ ip: "127.0.0.2" });
    await set(principal, { kind: "syslog", target: elsewhere.target, ca: authority.certificate });
    await until(async () => (await getStream(db(), { principal })).failures > 0);
    expect([...receiver.messages, ...elsewhere.messages]).toEqual([]);
  });
});

describe("an audit stream", () => {
  it("moves by the worker that holds it only: one that was taken for dead, or whose receiver was changed, moves nothing", async () => {
    const principal = await enterprise();
    const { url } = await webhook((_, response) => response.end());
    const { claimStreams, finishBatch } = await import("@agathaai/core/audit-streams");
    const { delivered_sequence: from } = await set(principal, { kind: "webhook", target: url });
    const claimOf = async (now: Date) =>
      (await claimStreams(db(), { limit: 100, now })).find(({ orgId }) => orgId === principal.orgId);
    const first = await claimOf(new Date());
    if (first === undefined) throw new Error("nothing to send");
    expect(await claimOf(new Date())).toBeUndefined();
    const second = await claimOf(new Date(Date.now() + 61_000));
    if (second === undefined) throw new Error("the claim did not expire");
    expect(second.entries).toEqual(first.entries);
    expect(await finishBatch(db(), first, { taken: true })).toBe(false);
    await set(principal, { kind: "webhook", target: url });
    expect(await finishBatch(db(), second, { taken: true })).toBe(false);
    expect((await getStream(db(), { principal })).delivered_sequence).toBe(from);
  });

  it("is for owners and admins of plans that have it, pauses without the plan, and goes on without a gap", async () => {
    const { claims } = await makeUser({ verified: true });
    const free = await principalOf(claims);
    const input = { kind: "syslog", target: "127.0.0.1:6514" };
    await expect(set(free, input)).rejects.toMatchObject({ code: "plan_required" });
    const principal = await enterprise();
    await expect(set({ ...principal, role: "developer" }, input)).rejects.toMatchObject({
      code: "insufficient_role",
    });
    const { url, got } = await webhook((_, response) => response.end());
    const { delivered_sequence: from } = await set(principal, { kind: "webhook", target: url });
    const { orgId } = principal;
    await db().subscription.update({ where: { orgId }, data: { plan: "free" } });
    await write(principal, 3);
    const { claimStreams } = await import("@agathaai/core/audit-streams");
    const claimed = await claimStreams(db(), { limit: 100, now: new Date() });
    expect(claimed.some((stream) => stream.orgId === orgId)).toBe(false);
    expect((await getStream(db(), { principal })).status).toBe("paused");
    await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
    startWorker();
    const expected = await sequencesOf(principal, from);
    await until(() => got.flatMap(({ sequences }) => sequences).length >= expected.length);
    expect(got.flatMap(({ sequences }) => sequences)).toEqual(expected);
    await removeStream(db(), { principal });
    await expect(getStream(db(), { principal })).rejects.toMatchObject({ code: "not_found" });
    const actions = await db().auditLog.findMany({ where: { orgId, action: { startsWith: "audit." } } });
    expect(actions.map(({ action }) => action).sort()).toEqual(["audit.stream_removed", "audit.stream_set"]);
  });
});
