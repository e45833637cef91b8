import { afterAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { orgSubject } from "../orgs";
import { newId, stableId, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { deleteExpiredRows } from "../platform/db/rows/expire-rows";
import { transactWithKeys } from "../privacy";
import {
  AttemptRecords,
  type ClaimedDelivery,
  emitEvents,
  expiredWebhookRows,
  getDelivery,
  getEndpoint,
  listDeliveries,
  listDeliveriesInputSchema,
  notifyDisabledEndpoints,
  redeliver,
} from ".";
import { CLAIM_MS, claimDeliveries } from "./deliveries/claim-deliveries";
import { ATTEMPTS } from "./deliveries/retry-schedule";
import { attempt, claimFor, create, failure, idOf, owner, success } from "./testing/endpoints";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const HOUR = 3_600_000;
const records = new AttemptRecords(db());
const event = ({ orgId }: UserPrincipal, more: object = {}) => ({
  ...{ orgId, type: "key.created" as const, data: { id: "key_x" } },
  ...more,
});
const emit = (ada: UserPrincipal, more: object = {}) => emitEvents(db(), [event(ada, more)]);
const rowOf = ({ id }: Pick<ClaimedDelivery, "id">) =>
  db().webhookDelivery.findUniqueOrThrow({ where: { id }, include: { tries: true } });

async function claimOne(ada: UserPrincipal, now?: Date): Promise<ClaimedDelivery> {
  const [claimed, ...more] = await claimFor(ada, now);
  if (claimed === undefined || more.length > 0) throw new Error("not exactly one delivery was due");
  return claimed;
}

describe("an event", () => {
  it("goes to each endpoint of its organization and environment that asked for it, once", async () => {
    const [ada, eve] = [await owner(), await owner()];
    const wanted = [await create(ada), await create(ada)].map(idOf);
    await create(ada, { events: ["key.revoked"] });
    await create(ada, { environment: "test" });
    await create(eve);
    const id = newId();
    expect(await emit(ada, { id })).toBe(2);
    expect(await emit(ada, { id })).toBe(0);
    const claimed = await claimFor(ada);
    expect(claimed.map(({ endpointId }) => endpointId).toSorted()).toEqual(wanted.toSorted());
    expect(new Set(claimed.map(({ eventId }) => eventId))).toEqual(new Set([id]));
  });

  it("is lost with the change that did not happen", async () => {
    const ada = await owner();
    await create(ada);
    const undone = db().$transaction(async (tx) => {
      await emitEvents(tx, [event(ada)]);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await claimFor(ada)).toEqual([]);
  });

  it("has the same id for the same seed, and another for another", () => {
    const at = new Date(0);
    expect(stableId(at, "a")).toBe(stableId(at, "a"));
    expect(stableId(at, "a")).not.toBe(stableId(at, "b"));
  });
});

describe("a delivery", () => {
  it("is due in the millisecond in which its event happened", async () => {
    const ada = await owner();
    await create(ada);
    // Within a transaction the clock stands still. Its time is rounded up in about every second one.
    for (let time = 0; time < 20; time++) {
      const due = await transactWithKeys(db(), [orgSubject(ada.orgId)], async (tx) => {
        await emitEvents(tx, [event(ada)]);
        return await claimDeliveries(tx, { limit: 1_000 });
      });
      expect(due).toHaveLength(1);
      for (const claimed of due) await records.finish(claimed, attempt(success));
    }
  });

  it("is claimed by one of several processes at once", async () => {
    const ada = await owner();
    await create(ada);
    await Promise.all(Array.from({ length: 6 }, () => emit(ada)));
    const claims = await Promise.all(Array.from({ length: 5 }, () => claimFor(ada)));
    const ids = claims.flat().map(({ id }) => id);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(6);
  });

  it("that ends with others at the same time is recorded by itself, and one that another process has claimed since is not", async () => {
    const ada = await owner();
    await create(ada);
    for (let made = 0; made < 5; made += 1) await emit(ada);
    const claimed = await claimFor(ada);
    const [taken, ...others] = claimed;
    if (taken === undefined) throw new Error("nothing was due");
    await db().webhookDelivery.update({ where: { id: taken.id }, data: { attempts: 2 } });
    const results = await Promise.all(
      claimed.map((delivery, at) =>
        records.finish(delivery, attempt({ status: 200 + at, error: null, response: `no. ${at}` })),
      ),
    );
    expect(results).toEqual(["lost", ...others.map(() => "delivered")]);
    expect(await rowOf(taken)).toMatchObject({ status: "pending", tries: [] });
    for (const [at, delivery] of others.entries())
      expect(await rowOf(delivery)).toMatchObject({
        status: "delivered",
        lastStatus: 201 + at,
        tries: [{ number: 1, durationMs: 12, status: 201 + at, error: null, response: `no. ${at + 1}` }],
      });
  });

  it("whose process died comes back with the same event id; what the dead one says later changes nothing", async () => {
    const ada = await owner();
    await create(ada);
    await emit(ada);
    const dead = await claimOne(ada);
    expect(await claimFor(ada)).toEqual([]);
    const reclaimed = await claimOne(ada, new Date(Date.now() + CLAIM_MS + 1_000));
    expect(reclaimed).toMatchObject({ id: dead.id, eventId: dead.eventId, body: dead.body, attempt: 2 });
    expect(await records.finish(dead, attempt(failure))).toBe("lost");
    expect(await records.finish(reclaimed, attempt(success))).toBe("delivered");
    expect(await records.finish(reclaimed, attempt(success))).toBe("lost");
    expect(await rowOf(reclaimed)).toMatchObject({
      status: "delivered",
      lastStatus: 200,
      tries: [{ number: 2 }],
    });
  });

  it("is tried again by the schedule for three days, then given up", async () => {
    const ada = await owner();
    await create(ada);
    await emit(ada);
    // The column rounds to the millisecond, also upwards: what was due a moment ago may say one more than the clock.
    const began = Date.now() + 1;
    let at = began;
    const results: string[] = [];
    for (let number = 1; number <= ATTEMPTS; number++) {
      const claimed = await claimOne(ada, new Date(at));
      results.push(await records.finish(claimed, attempt(failure, new Date(at))));
      at = (await rowOf(claimed)).nextAttemptAt.getTime() + 1;
    }
    expect(results.slice(0, -1)).toEqual(Array(ATTEMPTS - 1).fill("retried"));
    expect(results.at(-1)).toMatch(/given_up|disabled/);
    expect((at - began) / HOUR).toBeGreaterThan(60);
    expect((at - began) / HOUR).toBeLessThan(84);
    expect(await claimFor(ada, new Date(at + 100 * HOUR))).toEqual([]);
  });

  it("of an endpoint that fails comes one at a time, and of others eight", async () => {
    const ada = await owner();
    await create(ada);
    for (let number = 0; number < 20; number++) await emit(ada);
    const first = await claimFor(ada);
    expect(first).toHaveLength(8);
    for (const claimed of first) await records.finish(claimed, attempt(failure));
    expect(await claimFor(ada)).toHaveLength(1);
  });

  it("to an endpoint that responds 410 ends it at once: all that is pending fails, and the owners are emailed once", async () => {
    const { makeUser, principalOf } = await import("../../../infra/testing/make-user");
    const user = await makeUser({ verified: true });
    const ada = await principalOf(user.claims);
    const endpoint = await create(ada);
    await emit(ada);
    await emit(ada);
    const [one, two] = await claimFor(ada);
    if (one === undefined || two === undefined) throw new Error("two were due");
    const gone = { status: 410, error: "responded 410", response: "" };
    expect(await records.finish(one, attempt(gone))).toBe("disabled");
    expect(await records.finish(two, attempt(success))).toBe("lost");
    const view = await getEndpoint(db(), { principal: ada, id: idOf(endpoint) });
    expect(view).toMatchObject({ status: "disabled", disabled_because: "gone" });
    await Promise.all([notifyDisabledEndpoints(db()), notifyDisabledEndpoints(db())]);
    await notifyDisabledEndpoints(db());
    const mails = stack.mailbox
      .messagesTo(user.email)
      .filter(({ subject }) => subject === "A webhook endpoint was disabled");
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain("410");
  });

  it("given up after three failing days disables its endpoint; one success in between starts the days anew", async () => {
    const ada = await owner();
    const endpoint = await create(ada);
    const start = Date.now() + 60_000;
    const send = async (hours: number, outcome: typeof failure | typeof success) => {
      await emit(ada);
      const now = new Date(start + hours * HOUR);
      await db().webhookDelivery.updateMany({
        where: { orgId: ada.orgId, status: "pending" },
        data: { retries: ATTEMPTS - 1 },
      });
      for (const claimed of await claimFor(ada, now)) await records.finish(claimed, attempt(outcome, now));
      return (await getEndpoint(db(), { principal: ada, id: idOf(endpoint) })).status;
    };
    expect(await send(0, failure)).toBe("failing");
    expect(await send(60, success)).toBe("enabled");
    expect(await send(61, failure)).toBe("failing");
    expect(await send(100, failure)).toBe("failing");
    expect(await send(134, failure)).toBe("disabled");
  });

  it("is listed with its body and every attempt, and sent again by hand with the same event id", async () => {
    const ada = await owner();
    const endpoint = await create(ada);
    await emit(ada);
    const claimed = await claimOne(ada);
    await records.finish(claimed, attempt({ ...success, response: `ok\u0000${"x".repeat(5_000)}` }));
    const again = { principal: ada, id: claimed.id };
    await redeliver(db(), again);
    await expect(redeliver(db(), again)).rejects.toMatchObject({ code: "conflict" });
    const second = await claimOne(ada);
    expect(second).toMatchObject({ eventId: claimed.eventId, attempt: 2 });
    await records.finish(second, attempt(failure));
    const input = listDeliveriesInputSchema.parse({ id: endpoint.id, status: "pending" });
    const { data } = await listDeliveries(db(), { principal: ada, input });
    expect(data).toMatchObject([{ event: "key.created", attempts: 2, last_error: "responded 500" }]);
    const detail = await getDelivery(db(), again);
    expect(JSON.stringify(detail.payload)).toBe(claimed.body);
    expect(detail.tries.map(({ number, status }) => [number, status])).toEqual([
      [2, 500],
      [1, 200],
    ]);
    expect(detail.tries[1]?.response).toHaveLength(1_000);
  });

  it("is kept for seven days with its body and its attempts, then nothing of it is left", async () => {
    const ada = await owner();
    await create(ada);
    for (let number = 0; number < 3; number++) await emit(ada);
    const [week, older, pending] = await claimFor(ada);
    if (week === undefined || older === undefined || pending === undefined) throw new Error("three were due");
    for (const claimed of [week, older]) await records.finish(claimed, attempt(success));
    const age = (of: ClaimedDelivery, hours: number) =>
      db().webhookDelivery.update({
        where: { id: of.id },
        data: { createdAt: new Date(Date.now() - hours * HOUR) },
      });
    await age(week, 7 * 24 - 1);
    await age(older, 7 * 24 + 1);
    await age(pending, 8 * 24);
    await deleteExpiredRows(db(), expiredWebhookRows, new AbortController().signal);
    const left = await getDelivery(db(), { principal: ada, id: week.id });
    expect(left.payload).toMatchObject({ type: "key.created", data: { id: "key_x" } });
    expect(left.tries).toHaveLength(1);
    await expect(getDelivery(db(), { principal: ada, id: older.id })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await db().webhookAttempt.count({ where: { deliveryId: older.id } })).toBe(0);
    // What is still being tried is not forgotten.
    expect(await rowOf(pending)).toMatchObject({ status: "pending" });
  });
});
