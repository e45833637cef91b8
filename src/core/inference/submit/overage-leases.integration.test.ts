import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { lookAt, randomNumbers } from "../../../../infra/testing/sampled-books";
import { until } from "../../../../infra/testing/until";
import type { KeyPrincipal } from "../../platform";
import { recallLeases } from "../../quota";
import { db, openCustomer, times } from "../testing/customers";
import { complete, completeQueued, ServerProcess } from "../testing/processes";
import { atRest, SampledTraffic, takeForDead } from "../testing/sampled-traffic";

const processes = [new ServerProcess(), new ServerProcess(), new ServerProcess()];
const [one] = processes as [ServerProcess, ServerProcess, ServerProcess];
beforeAll(() => Promise.all(processes.map(({ admission }) => admission.start())));
afterAll(async () => {
  await Promise.all(processes.map((process) => process.close()));
  await db.$disconnect();
});

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
    const traffic = new SampledTraffic(caller, random);
    for (const process of processes) process.leased = 0;

    for (let step = 0; step < 14; step++) {
      const kind = random(step < 5 ? 9 : 11);
      const some = processes.filter(() => random(2) === 0);
      if (kind < 5) await Promise.all(some.map((process) => traffic.submitOn(process)));
      else if (kind < 7) await Promise.all(some.map((process) => traffic.callOn(process)));
      else if (kind < 9) await traffic.endSome(0.6);
      else if (kind === 9) await recallLeases(db, caller.orgId);
      else await takeForDead((processes[random(3)] ?? one).admission.processId);
      const books = await lookAt(db, caller);
      expect(books.reserved).toBe(books.direct + books.queued + books.held);
      expect([books.used, books.unreported, books.overfull]).toEqual([books.ledger, 0, 0]);
      const { used, taken, beyond, owed, reported } = await owedBy(caller);
      expect(taken).toBeLessThanOrEqual(cap);
      expect(beyond).toBe(Math.max(0, used - quota));
      expect(reported).toBe(owed);
    }
    await traffic.endAll();
    const books = await atRest(caller);
    expect(books).toMatchObject({ queued: 0, reserved: 0, reservedMicros: 0, keyReserved: 0 });
    expect(books).toMatchObject({ used: books.ledgerTokens, spent: books.ledgerMicros });
    expect(
      [...traffic.refused].filter((code) => code !== "spend_cap_reached" && code !== "service_unavailable"),
    ).toEqual([]);
    leased += processes.reduce((sum, process) => sum + process.leased, 0);
  });

  test("many of the sampled requests were accepted under leases", () => {
    expect(leased).toBeGreaterThan(60);
  });
});
