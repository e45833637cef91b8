import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { lookAt, randomNumbers } from "../../../../infra/testing/sampled-books";
import { until } from "../../../../infra/testing/until";
import { type AdmittedCall, recoverCalls } from "../../admission";
import { AppError, type KeyPrincipal } from "../../platform";
import { recallLeases } from "../../quota";
import { cancelInference } from "../index";
import { db, openCustomer, settle, times } from "../testing/customers";
import { booksOf, complete, completeQueued, ServerProcess } from "../testing/processes";

const processes = [new ServerProcess(), new ServerProcess(), new ServerProcess()];
const [one] = processes as [ServerProcess, ServerProcess, ServerProcess];
beforeAll(() => Promise.all(processes.map(({ admission }) => admission.start())));
afterAll(async () => {
  await Promise.all(processes.map((process) => process.close()));
  await db.$disconnect();
});

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));

/** Submits until so many requests were accepted under a lease. @returns all requests. */
async function submitLeased(process: ServerProcess, caller: KeyPrincipal, count: number): Promise<string[]> {
  const ids: string[] = [];
  process.leased = 0;
  await until(async () => {
    ids.push(...(await Promise.all(times(10, () => process.submit(caller)))));
    return process.leased >= count;
  }, 20_000);
  return ids;
}

const snapshot = z.tuple([
  z.object({
    used: z.number(),
    taken: z.number(),
    beyond: z.number(),
    owed: z.number(),
    reported: z.number(),
  }),
]);

/** What is used, what counts against the cap, and what is owed for usage beyond the quota: in one snapshot. */
async function owedBy({ orgId }: KeyPrincipal) {
  const [row] = snapshot.parse(
    await db.$queryRaw`SELECT
      (SELECT coalesce(sum(used_tokens), 0)::int FROM quota_counters WHERE org_id = ${orgId}::uuid) AS used,
      (SELECT coalesce(sum(spent_micros + reserved_micros), 0)::int FROM quota_counters WHERE org_id = ${orgId}::uuid) AS taken,
      (SELECT coalesce(sum(overage_tokens), 0)::int FROM usage_ledger WHERE org_id = ${orgId}::uuid) AS beyond,
      (SELECT coalesce(sum(overage_micros), 0)::int FROM usage_ledger WHERE org_id = ${orgId}::uuid) AS owed,
      (SELECT coalesce(sum(micros), 0)::int FROM overage_reports WHERE org_id = ${orgId}::uuid) AS reported`,
  );
  return row;
}

test("queued requests of a customer who pays beyond the quota are reserved in leases, and owe from its last token on", async () => {
  const caller = await openCustomer({ overage: true, customTokens: 100, orgCap: 500_000_000 });
  const ids = await submitLeased(one, caller, 20);
  await Promise.all(ids.map((id) => completeQueued(id, 7)));
  const used = ids.length * 7;
  const { owed, ...books } = await owedBy(caller);
  expect(books).toMatchObject({ used, beyond: used - 100, reported: owed });
  expect(owed).toBeGreaterThan(0);
});

test("a call whose caller waits is settled in the counters while such a lease is there, and owes its part", async () => {
  const caller = await openCustomer({ overage: true, customTokens: 100 });
  await submitLeased(one, caller, 1);
  const calls = await Promise.all(times(10, () => one.call(caller, 50)));
  expect(calls.filter(({ leased }) => leased)).toEqual([]);
  await Promise.all(calls.map((call) => complete(call, 50)));
  expect(await owedBy(caller)).toMatchObject({ used: 500, beyond: 400 });
});

describe("in random orders of requests, calls, ends, recalls and deaths no snapshot passes the cap, and what is beyond the quota is owed to the token:", () => {
  let leased = 0;
  test.each(times(6, (index) => index + 1))("with seed %i", async (seed) => {
    const random = randomNumbers(seed);
    const quota = 500 + random(10) * 200;
    const cap = 400_000 + random(5) * 100_000;
    const caller = await openCustomer({ overage: true, customTokens: quota, orgCap: cap });
    const waiting: string[] = [];
    const open: AdmittedCall[] = [];
    const refused = new Set<string>();
    for (const process of processes) process.leased = 0;

    const submitOn = async (process: ServerProcess) => {
      const result = await settle(times(10 + random(10), () => process.submit(caller)));
      waiting.push(...result.accepted);
      for (const error of result.reasons) refused.add(codeOf(error));
    };
    const callOn = async (process: ServerProcess) => {
      const result = await settle(times(10, () => process.call(caller, 100)));
      open.push(...result.accepted);
      for (const error of result.reasons) refused.add(codeOf(error));
    };
    const endSome = async (share: number) => {
      const calls = open.splice(0, Math.ceil(open.length * share));
      const ends = calls.map((call) => complete(call, random(101)).catch(codeOf));
      for (const end of await Promise.all(ends)) if (typeof end === "string") refused.add(end);
      const ids = waiting.splice(0, Math.ceil(waiting.length * share));
      await Promise.all(
        ids.map((requestId) =>
          random(4) === 0
            ? cancelInference(db, { orgId: caller.orgId, environment: "live", requestId })
            : completeQueued(requestId, random(60)),
        ),
      );
    };
    const takeForDead = async ({ admission }: ServerProcess) => {
      await db.admissionProcess.deleteMany({ where: { id: admission.processId } });
      await recoverCalls(db);
    };

    for (let step = 0; step < 14; step++) {
      const kind = random(step < 5 ? 9 : 11);
      const some = processes.filter(() => random(2) === 0);
      if (kind < 5) await Promise.all(some.map(submitOn));
      else if (kind < 7) await Promise.all(some.map(callOn));
      else if (kind < 9) await endSome(0.6);
      else if (kind === 9) await recallLeases(db, caller.orgId);
      else await takeForDead(processes[random(3)] ?? one);
      const books = await lookAt(db, caller);
      expect(books.reserved).toBe(books.direct + books.queued + books.held);
      expect([books.used, books.unreported, books.overfull]).toEqual([books.ledger, 0, 0]);
      const { used, taken, beyond, owed, reported } = await owedBy(caller);
      expect(taken).toBeLessThanOrEqual(cap);
      expect(beyond).toBe(Math.max(0, used - quota));
      expect(reported).toBe(owed);
    }
    while (open.length + waiting.length > 0) await endSome(1);
    await recoverCalls(db);
    await until(async () => {
      await recallLeases(db, caller.orgId);
      return (await booksOf(caller)).leases === 0;
    }, 10_000);
    const books = await booksOf(caller);
    expect(books).toMatchObject({ queued: 0, reserved: 0, reservedMicros: 0, keyReserved: 0 });
    expect(books).toMatchObject({ used: books.ledgerTokens, spent: books.ledgerMicros });
    expect(
      [...refused].filter((code) => code !== "spend_cap_reached" && code !== "service_unavailable"),
    ).toEqual([]);
    leased += processes.reduce((sum, process) => sum + process.leased, 0);
  });

  test("many of the sampled requests were accepted under leases", () => {
    expect(leased).toBeGreaterThan(60);
  });
});
