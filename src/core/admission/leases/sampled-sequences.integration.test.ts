import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lookAt, randomNumbers } from "../../../../infra/testing/sampled-books";
import { recallLeases } from "../../quota";
import { Admission, type AdmittedCall, recoverCalls } from "../index";
import { booksAtRest, callOf, makeCaller } from "../testing/calls";
import { codeOf, complete, db, many, url } from "../testing/three-processes";

/** The model's events in the real database, in random orders that a seed repeats. */
const processes = [1, 2, 3].map(() => new Admission(db, { url }));
beforeAll(() => Promise.all(processes.map((process) => process.start())));
afterAll(() => Promise.all(processes.map((process) => process.close())));

const RESERVED = 100;
let leased = 0;

describe("in random orders of calls, settlements, recalls, deaths and plan changes no snapshot passes a limit, and at rest used is what the ledger says:", () => {
  test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    "no limit is passed and the ledger agrees, with seed %i",
    async (seed) => {
      const random = randomNumbers(seed);
      let limit = 12_000 + random(8) * 1_000;
      let bound = limit;
      const caller = await makeCaller(db, { tokens: limit });
      const open: AdmittedCall[] = [];
      const refused = new Set<string>();

      const callsOf = async (process: Admission) => {
        const results = await Promise.allSettled(
          many(10 + random(10), () => callOf(caller, { tokens: RESERVED, micros: 10 })).map(async (call) => {
            const admitted = await process.admit(call);
            await admitted.opened;
            return admitted;
          }),
        );
        for (const result of results) {
          if (result.status === "rejected") refused.add(codeOf(result.reason));
          else {
            open.push(result.value);
            if (result.value.leased) leased += 1;
          }
        }
      };
      const settleSome = async (share: number) => {
        const ending = open.splice(0, Math.ceil(open.length * share));
        const ends = ending.map((call) => complete(call, random(RESERVED + 1), 1).catch(codeOf));
        // Calls of a process that was taken for dead have been closed: their callers get an error.
        for (const end of await Promise.all(ends)) if (typeof end === "string") refused.add(end);
      };
      const takeForDead = async () => {
        const alive = await db.budgetLease.findMany({ where: { orgId: caller.orgId } });
        const victim = alive[random(Math.max(1, alive.length))];
        if (victim === undefined) return;
        await db.admissionProcess.deleteMany({ where: { id: victim.processId } });
        await recoverCalls(db);
      };
      const changeLimit = async (to: number) => {
        limit = to;
        await db.subscription.update({
          where: { orgId: caller.orgId },
          data: { customMonthlyTokens: BigInt(limit) },
        });
        const { used, reserved } = await lookAt(db, caller);
        bound = Math.max(limit, used + reserved);
      };

      for (let step = 0; step < 20; step++) {
        // At first calls alone, so that leases are there.
        const kind = random(step < 6 ? 9 : 12);
        if (kind < 6) await Promise.all(processes.filter(() => random(2) === 0).map(callsOf));
        else if (kind < 9) await settleSome(0.6);
        else if (kind === 9) await recallLeases(db, caller.orgId);
        else if (kind === 10) await takeForDead();
        else await changeLimit(limit + (random(3) - 1) * 3_000);
        const books = await lookAt(db, caller);
        expect(books.used + books.reserved).toBeLessThanOrEqual(bound);
        expect(books.reserved).toBe(books.direct + books.held);
        expect(books.used + books.unreported).toBe(books.ledger);
        expect(books.overfull).toBe(0);
      }
      while (open.length > 0) await settleSome(1);
      await recallLeases(db, caller.orgId);
      await recoverCalls(db);
      const books = await booksAtRest(db, caller.orgId);
      expect(books).toMatchObject({
        used: books.ledgerTokens,
        reserved: 0,
        reservedMicros: 0,
        keyReserved: 0,
        open: 0,
      });
      expect(
        [...refused].filter((code) => code !== "quota_exceeded" && code !== "service_unavailable"),
      ).toEqual([]);
    },
  );

  test("most of the sampled sequences used leases", () => {
    expect(leased).toBeGreaterThan(100);
  });
});
