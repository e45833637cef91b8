import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lookAt, randomNumbers } from "../../../../infra/testing/sampled-books";
import { startTcpProxy } from "../../../../infra/testing/tcp-proxy";
import { until } from "../../../../infra/testing/until";
import { AppError, type KeyPrincipal } from "../../platform";
import { recallLeases } from "../../quota";
import { cancelInference } from "../index";
import { db, openCustomer, settle, stack, times } from "../testing/customers";
import { booksOf, complete, completeQueued, ServerProcess } from "../testing/processes";
import { atRest, SampledTraffic, takeForDead } from "../testing/sampled-traffic";

const processes = [new ServerProcess(), new ServerProcess(), new ServerProcess()];
const [one, other] = processes as [ServerProcess, ServerProcess, ServerProcess];
beforeAll(() => Promise.all(processes.map(({ admission }) => admission.start())));
afterAll(async () => {
  await Promise.all(processes.map((process) => process.close()));
  await db.$disconnect();
});

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : String(error));
const lifeOf = (process: ServerProcess) => process.admission.processId;

/** Submits until this process holds a lease. @returns the requests. */
async function warmUp(process: ServerProcess, caller: KeyPrincipal): Promise<string[]> {
  const ids: string[] = [];
  // A process that was taken for dead is granted nothing until it has noticed.
  await until(async () => (await db.admissionProcess.count({ where: { id: lifeOf(process) } })) > 0);
  await until(async () => {
    ids.push(...(await Promise.all(times(10, () => process.submit(caller)))));
    return (await db.budgetLease.count({ where: { orgId: caller.orgId, processId: lifeOf(process) } })) > 0;
  }, 10_000);
  return ids;
}

test("requests of a busy key are reserved in its process's lease: their commit takes out what they hold, and no counter moves", async () => {
  const caller = await openCustomer({ customTokens: 10_000_000, orgCap: 500_000_000, keyCap: 400_000_000 });
  const all: string[] = [];
  let [before, after] = [await booksOf(caller), await booksOf(caller)];
  // An idle lease goes back after two seconds, which pass between any two statements where a machine is short of time.
  await until(async () => {
    all.push(...(await warmUp(one, caller)));
    before = await booksOf(caller);
    one.leased = 0;
    all.push(
      ...(await Promise.all(
        times(20, (index) =>
          one.submit(caller, index % 2 ? { idempotencyKey: `k${all.length}-${index}` } : {}),
        ),
      )),
    );
    after = await booksOf(caller);
    return one.leased === 20 && after.leases === before.leases;
  }, 20_000);
  expect(after.moved - before.moved).toBe(after.queued - before.queued);
  expect(after.queued).toBeGreaterThan(before.queued);
  for (const counter of ["used", "reserved", "reservedMicros", "keyReserved"] as const)
    expect(after[counter]).toBe(before[counter]);

  expect(await atRest(caller)).toMatchObject({
    reserved: after.queued,
    reservedMicros: after.queuedMicros,
    keyReserved: after.queuedMicros,
  });
  await Promise.all(all.map((id) => completeQueued(id, 7)));
  const end = await booksOf(caller);
  expect(end).toMatchObject({ used: all.length * 7, reserved: 0, reservedMicros: 0, keyReserved: 0 });
  expect(end).toMatchObject({ ledgerTokens: end.used, spent: end.ledgerMicros, keySpent: end.ledgerMicros });
});

test("a repeated Idempotency-Key gets its first answer under a lease, too, and moves nothing", async () => {
  const caller = await openCustomer({ customTokens: 10_000_000 });
  await warmUp(one, caller);
  const id = await one.submit(caller, { idempotencyKey: "same" });
  const before = await booksOf(caller);
  expect(await Promise.all(times(5, () => one.submit(caller, { idempotencyKey: "same" })))).toEqual(
    times(5, () => id),
  );
  await expect(one.submit(caller, { idempotencyKey: "same", tokens: 61 })).rejects.toMatchObject({
    code: "idempotency_mismatch",
  });
  expect(await booksOf(caller)).toEqual(before);
});

test("what waits in the queue keeps its reservation when its process dies, and the rest of the lease goes back", async () => {
  const caller = await openCustomer({ customTokens: 10_000_000 });
  const ids = await warmUp(one, caller);
  await until(async () => {
    one.leased = 0;
    ids.push(...(await warmUp(one, caller)), ...(await Promise.all(times(10, () => one.submit(caller)))));
    return one.leased >= 10;
  }, 20_000);
  const { queued } = await booksOf(caller);
  await takeForDead(lifeOf(one));
  expect(await booksOf(caller)).toMatchObject({ leases: 0, queued, reserved: queued });
  const [canceled = "", ...rest] = ids;
  await cancelInference(db, { orgId: caller.orgId, environment: "live", requestId: canceled });
  await Promise.all(rest.map((id) => completeQueued(id, 3)));
  expect(await booksOf(caller)).toMatchObject({
    used: rest.length * 3,
    ledgerTokens: rest.length * 3,
    reserved: 0,
  });
});

test("under a lease that was settled for a dead process nothing is accepted: its requests go the direct way, with their keys", async () => {
  const caller = await openCustomer({ customTokens: 200_000 });
  await warmUp(one, caller);
  await takeForDead(lifeOf(one));
  // Another process takes nearly all of it; in its memory the old one still has a block.
  const { queued } = await booksOf(caller);
  const room = 200_000 - queued - 3 * 100;
  const others = await other.call(caller, room);
  one.leased = 0;
  const { accepted, refused } = await settle(
    times(10, (index) => one.submit(caller, index % 2 ? { idempotencyKey: `late${index}` } : {})),
  );
  expect(one.leased).toBe(0);
  expect(accepted.length).toBeGreaterThan(0);
  expect(new Set(refused)).toEqual(new Set(["quota_exceeded"]));
  expect((await booksOf(caller)).reserved).toBeLessThanOrEqual(200_000);
  await complete(others, 1);
  const { reserved, queued: left } = await atRest(caller);
  expect(reserved).toBe(left);
});

describe("where the connection breaks while a request is being accepted, its reservation is held exactly as long as the request is there:", () => {
  test.each([
    ["committed all the same", true],
    ["never committed", false],
  ])("%s", async (_, committed) => {
    const address = new URL(stack.env.DATABASE_URL ?? "");
    const wire = await startTcpProxy(Number(address.port));
    address.host = `127.0.0.1:${wire.port}`;
    const cut = new ServerProcess(address.href);
    await cut.admission.start();
    try {
      const caller = await openCustomer({ customTokens: 10_000_000 });
      await warmUp(cut, caller);
      const before = await booksOf(caller);
      const accepting = () => db.$queryRaw<{ pid: number }[]>`
        SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%json_to_recordset%'`;
      let submitted: Promise<string> | undefined;
      await db.$transaction(
        async (tx) => {
          await tx.$queryRaw`SELECT 1 FROM budget_leases WHERE org_id = ${caller.orgId}::uuid FOR UPDATE`;
          submitted = cut.submit(caller).catch(codeOf);
          await until(async () => (await accepting()).length > 0);
          await wire.stop();
          expect(await submitted).not.toMatch(/^[0-9a-f-]{36}$/);
          if (!committed)
            for (const { pid } of await accepting())
              await tx.$queryRaw`SELECT pg_terminate_backend(${pid}::int)`;
        },
        { timeout: 90_000 },
      );
      await until(async () => (await booksOf(caller)).leases === 0);
      const { queued, reserved } = await booksOf(caller);
      expect(reserved).toBe(queued);
      if (committed) expect(queued).toBeGreaterThan(before.queued);
      else expect(queued).toBe(before.queued);
    } finally {
      await wire.start();
      await cut.close();
      await wire.stop();
    }
  });
});

describe("in random orders of requests, calls, ends, recalls, deaths and plan changes no snapshot passes a limit, and at rest used is what the ledger says:", () => {
  let leased = 0;
  test.each(times(8, (index) => index + 1))("with seed %i", async (seed) => {
    const random = randomNumbers(seed);
    let limit = 20_000 + random(8) * 2_000;
    let bound = limit;
    const caller = await openCustomer({ customTokens: limit });
    const traffic = new SampledTraffic(caller, random);
    const keyOf = (index: number) => (random(3) === 0 ? `${random(5)}-${index}` : undefined);
    for (const process of processes) process.leased = 0;

    const changeLimit = async (to: number) => {
      limit = to;
      await db.subscription.update({
        where: { orgId: caller.orgId },
        data: { customMonthlyTokens: BigInt(limit) },
      });
      const { used, reserved } = await lookAt(db, caller);
      bound = Math.max(limit, used + reserved);
    };

    for (let step = 0; step < 16; step++) {
      const kind = random(step < 5 ? 9 : 12);
      const some = processes.filter(() => random(2) === 0);
      if (kind < 5) await Promise.all(some.map((process) => traffic.submitOn(process, keyOf)));
      else if (kind < 7) await Promise.all(some.map((process) => traffic.callOn(process)));
      else if (kind < 9) await traffic.endSome(0.6);
      else if (kind === 9) await recallLeases(db, caller.orgId);
      else if (kind === 10) await takeForDead(lifeOf(processes[random(3)] ?? one));
      else await changeLimit(limit + (random(3) - 1) * 4_000);
      const books = await lookAt(db, caller);
      expect(books.used + books.reserved).toBeLessThanOrEqual(bound);
      expect(books.reserved).toBe(books.direct + books.queued + books.held);
      expect(books.used + books.unreported).toBe(books.ledger);
      expect(books.overfull).toBe(0);
    }
    await traffic.endAll();
    const books = await atRest(caller);
    expect(books).toMatchObject({
      used: books.ledgerTokens,
      spent: books.ledgerMicros,
      keySpent: books.ledgerMicros,
    });
    expect(books).toMatchObject({ queued: 0, reserved: 0, reservedMicros: 0, keyReserved: 0 });
    expect(
      [...traffic.refused].filter((code) => code !== "quota_exceeded" && code !== "service_unavailable"),
    ).toEqual([]);
    leased += processes.reduce((sum, process) => sum + process.leased, 0);
  });

  test("many of the sampled requests were accepted under leases", () => {
    expect(leased).toBeGreaterThan(100);
  });
});
