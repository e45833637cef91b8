import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Plan } from "../../../shared/plans";
import { newId } from "../../platform";
import { createDb } from "../../platform/db/client";
import { cancelInference, failRequest, flushSends } from "../index";
import {
  ANSWER_MICROS,
  ANSWER_TOKENS,
  addKey,
  anotherKey,
  db,
  finish,
  HELLO_MICROS,
  HELLO_TOKENS,
  moneyOf,
  openCustomer,
  queue,
  settle,
  stack,
  times,
} from "../testing/customers";
import { claim, submit } from "../testing/world";

describe("a spend cap", () => {
  test("of an organization accepts exactly what fits of 200 parallel requests from two processes", async () => {
    const caller = await openCustomer({ orgCap: 50 * HELLO_MICROS + HELLO_MICROS - 1 });
    const [a, b] = await Promise.all([caller, anotherKey(caller)]);
    const second = createDb({ url: stack.databaseUrl, poolMax: 5 });
    const { accepted, refused } = await settle(
      times(200, (index) => submit(index % 2 ? db : second, queue, index % 3 ? a : b)),
    );
    expect(accepted).toHaveLength(50);
    expect(new Set(refused)).toEqual(new Set(["spend_cap_reached"]));
    expect((await moneyOf(caller)).org).toEqual([0, 50 * HELLO_MICROS]);
    await flushSends();
    await second.$disconnect();
  });

  test("of a key accepts exactly what fits; another key and the portal go on, and refused requests reserve nothing", async () => {
    const capped = await openCustomer({ keyCap: 20 * HELLO_MICROS });
    const free = await anotherKey(capped);
    const second = createDb({ url: stack.databaseUrl, poolMax: 5 });
    const { accepted, refused } = await settle([
      ...times(120, (index) =>
        submit(index % 2 ? db : second, queue, capped, { idempotencyKey: `k${index}` }),
      ),
      ...times(40, (index) => submit(index % 2 ? db : second, queue, free)),
    ]);
    expect(accepted).toHaveLength(60);
    expect(new Set(refused)).toEqual(new Set(["spend_cap_reached"]));
    expect(await moneyOf(capped)).toEqual({ org: [0, 60 * HELLO_MICROS], key: [0, 20 * HELLO_MICROS] });
    expect((await moneyOf(free)).key).toEqual([0, 40 * HELLO_MICROS]);
    expect(await db.idempotencyKey.count({ where: { orgId: capped.orgId } })).toBe(20);
    expect(await db.inferenceRequest.count({ where: { orgId: capped.orgId } })).toBe(60);
    await flushSends();
    await second.$disconnect();
  });

  test("counts what was spent, releases the rest of the reservation, and reports the current state", async () => {
    const caller = await openCustomer({ orgCap: ANSWER_MICROS + 2 * HELLO_MICROS, keyCap: 100_000 });
    const [completes, fails, cancelled] = [
      await submit(db, queue, caller),
      await submit(db, queue, caller),
      await submit(db, queue, caller),
    ];
    await finish(completes);
    await failRequest(db, { job: await claim(db, fails), error: { code: "provider_error", message: "No." } });
    await cancelInference(db, { orgId: caller.orgId, environment: "all", requestId: cancelled });
    expect(await moneyOf(caller)).toEqual({ org: [ANSWER_MICROS, 0], key: [ANSWER_MICROS, 0] });
    await submit(db, queue, caller);
    await submit(db, queue, caller);
    await expect(submit(db, queue, caller)).rejects.toMatchObject({
      code: "spend_cap_reached",
      status: 402,
      public: expect.stringContaining(
        "$0.00275 of $0.00504 are spent this month, and $0.00229 are held for running requests",
      ),
    });
  });

  test("follows its successor: a rotated key goes on where the old one stood", async () => {
    const old = await openCustomer({ keyCap: 3 * HELLO_MICROS });
    const id = newId();
    await addKey(old, id, 3 * HELLO_MICROS);
    const successor = { ...old, apiKeyId: id };
    await submit(db, queue, old);
    await submit(db, queue, successor);
    await submit(db, queue, old);
    await expect(submit(db, queue, successor)).rejects.toMatchObject({ code: "spend_cap_reached" });
  });

  test("applies at once when it is lowered or raised", async () => {
    const caller = await openCustomer();
    await submit(db, queue, caller);
    const set = (monthlyCapMicros: bigint | null) =>
      db.subscription.update({ where: { orgId: caller.orgId }, data: { monthlyCapMicros } });
    await set(1n);
    await expect(submit(db, queue, caller)).rejects.toMatchObject({ code: "spend_cap_reached" });
    await set(2n * BigInt(HELLO_MICROS));
    await submit(db, queue, caller);
    await expect(submit(db, queue, caller)).rejects.toMatchObject({ code: "spend_cap_reached" });
    await set(null);
    await submit(db, queue, caller);
  });

  test("does not stop the simulator, which costs nothing", async () => {
    const caller = await openCustomer({ orgCap: 1, keyCap: 1 });
    await submit(db, queue, { ...caller, environment: "test" });
    expect(await moneyOf(caller)).toEqual({ org: [0, 0], key: [0, 0] });
  });

  test("applies per UTC month: after midnight requests that fit the new month are accepted, and no more in either", async () => {
    const caller = await openCustomer({ orgCap: 10 * HELLO_MICROS, customTokens: 8 * HELLO_TOKENS });
    const before = { clock: { now: () => new Date("2026-11-30T23:59:59.999Z") } };
    const after = { clock: { now: () => new Date("2026-12-01T00:00:00.000Z") } };
    const { accepted, refused } = await settle(
      times(200, (index) => submit(db, queue, caller, index % 2 ? before : after)),
    );
    expect(accepted).toHaveLength(16);
    expect(new Set(refused)).toEqual(new Set(["quota_exceeded"]));
    const months = await db.quotaCounter.findMany({ where: { orgId: caller.orgId } });
    expect(months.map(({ reservedTokens }) => Number(reservedTokens))).toEqual([
      8 * HELLO_TOKENS,
      8 * HELLO_TOKENS,
    ]);
  });
});

describe("200 parallel requests at the moment of", () => {
  /** Every caller still believes in the plan it read before; the change commits in their midst. */
  async function during(from: Plan, to: Plan, used: bigint) {
    const caller = await openCustomer({ plan: from });
    await db.quotaCounter.create({
      data: {
        orgId: caller.orgId,
        startsAt: new Date(new Date().toISOString().slice(0, 8).concat("01")),
        usedTokens: used,
        updatedAt: new Date(),
      },
    });
    const first = times(100, () => submit(db, queue, caller));
    const changed = db.subscription.update({ where: { orgId: caller.orgId }, data: { plan: to } });
    const early = await settle(first);
    await changed;
    const late = await settle(times(100, () => submit(db, queue, caller)));
    await flushSends();
    const { reservedTokens = 0n } =
      (await db.quotaCounter.findFirst({ where: { orgId: caller.orgId } })) ?? {};
    return { early, late, together: Number(used + reservedTokens) };
  }

  test("an upgrade, nothing passes the old limit before it and nothing is refused after it", async () => {
    const { early, late, together } = await during("free", "pro", 100_000n - 10n * BigInt(HELLO_TOKENS));
    expect(early.accepted.length).toBeGreaterThanOrEqual(10);
    expect(late.refused).toEqual([]);
    expect(together).toBeLessThanOrEqual(1_000_000);
  });

  test("a downgrade, nothing is accepted past the new limit once it applies", async () => {
    const { late, early, together } = await during("pro", "free", 100_000n - 10n * BigInt(HELLO_TOKENS));
    expect(late.accepted.length).toBe(Math.max(0, 10 - early.accepted.length));
    expect(new Set([...early.refused, ...late.refused])).toEqual(new Set(["quota_exceeded"]));
    expect(together).toBeLessThanOrEqual(100_000 + 90 * HELLO_TOKENS);
  });
});

describe("beyond the quota", () => {
  const overageOf = async (orgId: string) => {
    const rows = await db.usageLedger.findMany({ where: { orgId }, orderBy: { settledAt: "asc" } });
    const reports = await db.overageReport.findMany({ where: { orgId }, orderBy: { usedAt: "asc" } });
    return {
      ledger: rows.map(({ overageTokens, overageMicros }) => [Number(overageTokens), Number(overageMicros)]),
      reports: reports.map(({ requestId, micros, reportedAt }) => [requestId, Number(micros), reportedAt]),
    };
  };

  test("a customer with overage on goes on; the crossing request owes its part, the next ones all of theirs", async () => {
    const caller = await openCustomer({ overage: true, customTokens: 1_500 });
    const ids: string[] = [];
    for (let request = 0; request < 3; request++) {
      const id = await submit(db, queue, caller);
      ids.push(id);
      await finish(id);
    }
    const part = Math.round((ANSWER_MICROS * (2 * ANSWER_TOKENS - 1_500)) / ANSWER_TOKENS);
    expect(await overageOf(caller.orgId)).toEqual({
      ledger: [
        [0, 0],
        [2 * ANSWER_TOKENS - 1_500, part],
        [ANSWER_TOKENS, ANSWER_MICROS],
      ],
      reports: [
        [ids[1], part, null],
        [ids[2], ANSWER_MICROS, null],
      ],
    });
  });

  test.each([
    ["is not agreed to", { overage: false }],
    ["is not paid for: a payment is due", { overage: true, status: "past_due" }],
    ["has ended with the plan", { overage: true, status: "canceled" }],
  ])("nothing is accepted where it %s", async (_why, terms) => {
    const caller = await openCustomer({ ...terms, customTokens: HELLO_TOKENS });
    await submit(db, queue, caller);
    await expect(submit(db, queue, caller)).rejects.toMatchObject({ code: "quota_exceeded" });
    expect((await overageOf(caller.orgId)).reports).toEqual([]);
  });

  test("the spend cap still applies", async () => {
    const caller = await openCustomer({ overage: true, customTokens: 1, orgCap: 2 * HELLO_MICROS });
    const { accepted, refused } = await settle(times(50, () => submit(db, queue, caller)));
    expect(accepted).toHaveLength(2);
    expect(new Set(refused)).toEqual(new Set(["spend_cap_reached"]));
  });

  test("what was accepted under the agreement is billed although it was ended meanwhile", async () => {
    const caller = await openCustomer({ overage: true, customTokens: 1 });
    const id = await submit(db, queue, caller);
    await db.subscription.update({ where: { orgId: caller.orgId }, data: { overage: false } });
    await finish(id);
    expect((await overageOf(caller.orgId)).ledger).toEqual([[ANSWER_TOKENS - 1, 2_747]]);
    await expect(submit(db, queue, caller)).rejects.toMatchObject({ code: "quota_exceeded" });
  });
});

test("counters equal the sums of ledger and open reservations, whatever order requests come and end in", async () => {
  const call = fc.record({
    key: fc.integer({ min: 0, max: 1 }),
    ends: fc.constantFrom("completes", "fails", "is cancelled", "goes on"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 15 }), async (calls) => {
      const first = await openCustomer({ orgCap: 12 * HELLO_MICROS, keyCap: 6 * HELLO_MICROS });
      const callers = [first, await anotherKey(first)];
      await Promise.all(
        calls.map(async ({ key, ends }) => {
          const caller = callers[key] ?? first;
          const id = await submit(db, queue, caller).catch(() => undefined);
          if (id === undefined || ends === "goes on") return;
          if (ends === "is cancelled")
            await cancelInference(db, { orgId: caller.orgId, environment: "all", requestId: id });
          else if (ends === "completes") await finish(id);
          else {
            const error = { code: "provider_error", message: "No." } as const;
            await failRequest(db, { job: await claim(db, id), error });
          }
        }),
      );
      const { orgId } = first;
      const ledger = await db.usageLedger.findMany({ where: { orgId } });
      const open = await db.inferenceRequest.findMany({
        where: { orgId, status: { in: ["queued", "processing"] } },
      });
      const sum = (amounts: bigint[]) => Number(amounts.reduce((total, amount) => total + amount, 0n));
      const expected = (mine: (row: { apiKeyId: string | null }) => boolean) => [
        sum(ledger.filter(mine).map(({ costMicros }) => costMicros)),
        sum(open.filter(mine).map(({ reservedMicros }) => reservedMicros)),
      ];
      for (const caller of callers) {
        expect(await moneyOf(caller)).toEqual({
          org: expected(() => true),
          key: expected(({ apiKeyId }) => apiKeyId === caller.apiKeyId),
        });
      }
    }),
    { numRuns: 15, seed: 20_261_125 },
  );
}, 60_000);
