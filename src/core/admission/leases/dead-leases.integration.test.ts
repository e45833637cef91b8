import { afterEach, expect, test } from "vitest";
import { startTcpProxy, type TcpProxy } from "../../../../infra/testing/tcp-proxy";
import { until } from "../../../../infra/testing/until";
import type { KeyPrincipal } from "../../platform";
import { Admission, recoverCalls } from "../index";
import { booksAtRest, booksOf, callOf, LIVES_AT_MOST, makeCaller, secondsToLive } from "../testing/calls";
import { leasesOf, WARM, warmUp } from "../testing/leases";
import { codeOf, complete, db, first, many, url } from "../testing/three-processes";
import { Recalls } from "./recalls";

let wire: TcpProxy;
let victim: Admission;
afterEach(async () => {
  await wire.start();
  await victim.close();
  await wire.stop();
});

/** A process behind a wire that can be cut, with a lease. */
async function startVictim(tokens?: number): Promise<KeyPrincipal> {
  const address = new URL(url);
  wire = await startTcpProxy(Number(address.port));
  address.host = `127.0.0.1:${wire.port}`;
  victim = new Admission(db, { url: address.href });
  await victim.start();
  const caller = await makeCaller(db, tokens === undefined ? {} : { tokens });
  await warmUp([victim], caller);
  return caller;
}

const admit = async (caller: KeyPrincipal, count: number) => {
  const calls = await Promise.all(
    many(count, () => callOf(caller, { tokens: 10, micros: 100 })).map((call) => victim.admit(call)),
  );
  await Promise.all(calls.map(({ opened }) => opened));
  expect(calls.every(({ leased }) => leased)).toBe(true);
  return calls;
};

test("the lease of a process that dies is settled from the ledger within 5 seconds, also what it had not reported", async () => {
  const caller = await startVictim();
  const calls = await admit(caller, 6);
  // A lock on the counters delays the process's reports, which then die with it.
  await db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM quota_counters WHERE org_id = ${caller.orgId}::uuid FOR UPDATE`;
      await Promise.all(calls.slice(0, 4).map((call) => complete(call, 8, 80)));
      const reporting = () => tx.$queryRaw<{ pid: number }[]>`
        SELECT pid FROM pg_stat_activity WHERE application_name = 'agatha admission: leases' AND wait_event_type = 'Lock'`;
      await until(async () => (await reporting()).length > 0);
      await wire.stop();
      for (const { pid } of await reporting()) await tx.$queryRaw`SELECT pg_terminate_backend(${pid}::int)`;
    },
    { timeout: 60_000 },
  );
  expect(await secondsToLive(db, victim)).toBeLessThan(LIVES_AT_MOST);
  expect(await booksOf(db, caller.orgId)).toMatchObject({ used: WARM.tokens, leases: 1, open: 2 });
  await until(async () => {
    await recoverCalls(db);
    return (await leasesOf(caller)) === 0;
  });
  const [used, spent] = [WARM.tokens + 4 * 8, WARM.micros + 4 * 80];
  expect(await booksOf(db, caller.orgId)).toMatchObject({
    used,
    spent,
    keySpent: spent,
    ledgerTokens: used,
    ledgerMicros: spent,
    reserved: 0,
    reservedMicros: 0,
    keyReserved: 0,
    open: 0,
  });
});

test("a call that fits waits for what a dead process held, and goes within 5 seconds", async () => {
  const caller = await startVictim(10_000);
  await wire.stop();
  const room = 10_000 - WARM.tokens;
  expect(await secondsToLive(db, victim)).toBeLessThan(LIVES_AT_MOST);
  const last = await first.admit(callOf(caller, { tokens: room })).catch((error: unknown) => {
    // A machine that is short of time may need longer than a call waits; then it finds what the first has recovered.
    if (codeOf(error) !== "service_unavailable") throw error;
    return first.admit(callOf(caller, { tokens: room }));
  });
  await complete(last, room, 0);
  expect(await booksAtRest(db, caller.orgId)).toMatchObject({ used: 10_000, reserved: 0 });
});

test("a process that was taken for dead opens nothing on its old lease, and its calls go the direct way", async () => {
  const caller = await startVictim(10_000);
  const [old] = await db.budgetLease.findMany({ where: { orgId: caller.orgId } });
  await db.admissionProcess.deleteMany({ where: { id: old?.processId ?? "" } });
  await recoverCalls(db);
  expect(await leasesOf(caller)).toBe(0);
  // All of it is given to another; in its memory the old process still has a block.
  const room = 10_000 - WARM.tokens;
  const others = await first.admit(callOf(caller, { tokens: room - 25 }));
  const late = many(3, () => callOf(caller, { tokens: 10 })).map(async (call) => {
    const admitted = await victim.admit(call);
    await admitted.opened;
    return admitted;
  });
  const results = await Promise.allSettled(late);
  const refused = results.flatMap((result) => (result.status === "rejected" ? [codeOf(result.reason)] : []));
  const opened = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  expect([opened.length, refused]).toEqual([2, ["quota_exceeded"]]);
  await Promise.all([others, ...opened].map((call) => complete(call, 1, 1)));
  expect(await booksAtRest(db, caller.orgId)).toMatchObject({
    used: WARM.tokens + 3,
    ledgerTokens: WARM.tokens + 3,
    reserved: 0,
    reservedMicros: 0,
  });
});

test("a process that is cut off from the database admits nothing beyond its leases, and reconnects with exact counters", async () => {
  const caller = await startVictim(10_000);
  const calls = await admit(caller, 3);
  wire.hang();
  const onCredit = await victim
    .admit(callOf(caller, { tokens: 10 }))
    .then((call) => call.opened.then(() => "opened", codeOf), codeOf);
  expect(onCredit).toBe("service_unavailable");
  await until(async () => {
    await recoverCalls(db);
    return (await leasesOf(caller)) === 0;
  });
  expect(await booksOf(db, caller.orgId)).toMatchObject({ used: WARM.tokens, reserved: 0, open: 0 });
  await wire.start();
  const settled = await Promise.all(calls.map((call) => complete(call, 5, 50).catch(codeOf)));
  expect(settled).toEqual(calls.map(() => "service_unavailable"));
  let next: Awaited<ReturnType<Admission["admit"]>> | undefined;
  await until(async () => {
    next = await victim.admit(callOf(caller, { tokens: 10 })).catch(() => undefined);
    await next?.opened;
    return next !== undefined;
  });
  if (next !== undefined) await complete(next, 5, 50);
  expect(await booksAtRest(db, caller.orgId)).toMatchObject({
    used: WARM.tokens + 5,
    ledgerTokens: WARM.tokens + 5,
    reserved: 0,
  });
});

test("a call that waits for a lease right after an outage closes nobody's calls, whose process could not renew its row either", async () => {
  const caller = await startVictim();
  await admit(caller, 2);
  await wire.stop();
  const recalls = new Recalls(db, { recall: () => undefined });
  const wait = async (markAge: string) => {
    await db.$executeRaw`
      INSERT INTO leases (name, holder, held_until) VALUES ('watch over calls', gen_random_uuid(), now() - ${markAge}::interval)
      ON CONFLICT (name) DO UPDATE SET held_until = EXCLUDED.held_until`;
    await db.$executeRaw`UPDATE admission_processes SET expires_at = now() - interval '1 second' WHERE expires_at > now()`;
    await recalls.wait(caller.orgId, 50);
  };
  await wait("2 seconds");
  expect(await booksOf(db, caller.orgId)).toMatchObject({ open: 2 });
  // Nobody watches: it cannot wait for a look that never comes.
  await wait("1 hour");
  expect(await booksOf(db, caller.orgId)).toMatchObject({ open: 0, leases: 0 });
});
