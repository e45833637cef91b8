import { afterAll, beforeAll, expect, test } from "vitest";
import { startTcpProxy, type TcpProxy } from "../../../infra/testing/tcp-proxy";
import { until } from "../../../infra/testing/until";
import { Admission } from "./index";
import { amounts, booksAtRest, booksOf, callOf, makeCaller } from "./testing/calls";
import { warmUp } from "./testing/leases";
import { codeOf, db, url } from "./testing/three-processes";

/** A settlement of which nobody hears for as long as one is kept: what its caller sees and what it is billed agree (ADR 120). */

let wire: TcpProxy;
let impatient: Admission;
beforeAll(async () => {
  const address = new URL(url);
  wire = await startTcpProxy(Number(address.port));
  address.host = `127.0.0.1:${wire.port}`;
  impatient = new Admission(db, { url: address.href, keepMs: 300 });
  await impatient.start();
});
afterAll(async () => {
  await impatient.close();
  await wire.stop();
});

const isUp = (caller: Parameters<typeof callOf>[0]) =>
  impatient.admit(callOf(caller)).then(
    (call) => call.settle({ status: "failed" }).then(() => true),
    () => false,
  );

test.each([
  ["leased", "had been committed"],
  ["leased", "had not arrived"],
  ["direct", "had been committed"],
  ["direct", "had not arrived"],
] as const)(
  "the caller of a %s call whose settlement %s unheard gets its answer, and is billed for it once, as it says",
  async (opening, how) => {
    const caller = await makeCaller(db);
    await until(() => isUp(caller));
    if (opening === "leased") await warmUp([impatient], caller);
    const call = await impatient.admit(callOf(caller, { tokens: 10, micros: 100 }));
    expect(call.leased).toBe(opening === "leased");
    await call.opened;
    const rowsOfCall = () => db.usageLedger.findMany({ where: { requestId: call.id } });
    if (how === "had been committed") wire.mute();
    else wire.hang();
    const settling = call
      .settle({ status: "completed", amounts: amounts(3, 4, 42) })
      .then(({ billedMicros }) => billedMicros, codeOf);
    if (how === "had been committed") await until(async () => (await rowsOfCall()).length === 1);
    else await until(() => impatient.state.settling === 0);
    await wire.stop();
    expect(await settling).toBe(42n);
    expect(await rowsOfCall()).toHaveLength(how === "had been committed" ? 1 : 0);

    await wire.start();
    await until(async () => (await booksOf(db, caller.orgId)).open === 0);
    expect(await rowsOfCall()).toMatchObject([{ status: "completed", billable: true, costMicros: 42n }]);
    await until(() => isUp(caller));
    const books = await booksAtRest(db, caller.orgId);
    expect(books).toMatchObject({ reserved: 0, reservedMicros: 0, keyReserved: 0 });
    expect([books.used, books.spent, books.keySpent]).toEqual([
      books.ledgerTokens,
      books.ledgerMicros,
      books.ledgerMicros,
    ]);
  },
);

test("a process that stops while it looks up whether a settlement was committed keeps no lease", async () => {
  const address = new URL(url);
  address.host = `127.0.0.1:${wire.port}`;
  const stopping = new Admission(db, { url: address.href });
  await stopping.start();
  const caller = await makeCaller(db);
  await warmUp([stopping], caller);
  const call = await stopping.admit(callOf(caller, { tokens: 10, micros: 100 }));
  expect(call.leased).toBe(true);
  await call.opened;
  wire.mute();
  const settling = call.settle({ status: "completed", amounts: amounts(3, 4, 42) });
  await until(async () => (await db.usageLedger.count({ where: { requestId: call.id } })) === 1);
  await wire.stop();
  await wire.start();
  await stopping.close();
  expect((await settling).billedMicros).toBe(42n);
  expect(await db.budgetLease.count({ where: { orgId: caller.orgId } })).toBe(0);
});
