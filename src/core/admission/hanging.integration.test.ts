import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startTcpProxy, type TcpProxy } from "../../../infra/testing/tcp-proxy";
import { until } from "../../../infra/testing/until";
import { forgetPrincipals, loadUserPrincipal } from "../accounts";
import { type NewGeneration, openGeneration, readGeneration, readParts } from "../generations";
import { verifyApiKey } from "../keys";
import { type Db, newId } from "../platform";
import { sha256 } from "../platform/crypto/hash";
import { createDb } from "../platform/db/client";
import { pulse } from "../platform/db/pulse";
import { readOwnKeys } from "../provider-keys";
import { Admission } from "./index";
import { booksAtRest, booksOf, callOf, makeCaller } from "./testing/calls";
import { warmUp } from "./testing/leases";
import { codeOf, complete, db, newSecret, url } from "./testing/three-processes";

let wire: TcpProxy;
let served: Db;
let hanging: Admission;
/** A statement on the connection that hears of changed access: once it is answered, earlier changes have been heard of. */
let ping: (() => Promise<unknown>) | undefined;
beforeAll(async () => {
  const address = new URL(url);
  wire = await startTcpProxy(Number(address.port));
  address.host = `127.0.0.1:${wire.port}`;
  served = createDb({ url: address.href, poolMax: 2 });
  hanging = new Admission(db, { url: address.href, pulse: pulse() });
  const listen = vi.spyOn(pulse(), "listen");
  await hanging.start();
  ping = listen.mock.lastCall?.[0];
});
afterAll(async () => {
  await hanging.close();
  await served.$disconnect();
  await wire.stop();
});

/** What came of the work; of a refusal, who said so. */
const told = (work: Promise<unknown>) =>
  work.then(
    () => "went",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
/** It knows after 200 ms (`platform/db/pulse.test.ts`); whoever waits for a time-out learns it after seconds, or never. */
const BY_THE_PULSE = "service_unavailable: PostgreSQL does not answer";

describe("PostgreSQL hangs: it takes bytes and answers nothing", () => {
  test("the first callers are refused as soon as the pulse knows, leased or not, and the next ones at once", async () => {
    const [caller, leased] = [await makeCaller(db), await makeCaller(db)];
    // On a starved machine PostgreSQL may seem to hang already, for a moment.
    await until(() =>
      warmUp([hanging], leased).then(
        () => true,
        () => false,
      ),
    );
    wire.hang();
    const first = await Promise.all([
      told(hanging.admit(callOf(caller))),
      told(hanging.admit(callOf(leased, { tokens: 10, micros: 100 })).then((call) => call.opened)),
    ]);
    const next = await Promise.race([
      hanging.admit(callOf(caller)).then(() => "went", codeOf),
      nextTurn().then(() => "waits"),
    ]);
    await wire.start();
    expect(first).toEqual([BY_THE_PULSE, BY_THE_PULSE]);
    expect(next).toBe("service_unavailable");
    await until(async () => {
      const call = await hanging.admit(callOf(caller)).catch(() => undefined);
      if (call !== undefined) await complete(call, 1, 1);
      return call !== undefined;
    });
    expect(await booksAtRest(db, caller.orgId)).toMatchObject({ used: 1, reserved: 0 });
  });

  test('a key that is not cached gets 503 as soon, never "invalid key"', async () => {
    const caller = await makeCaller(db);
    const [secret, other] = [newSecret(), newSecret()];
    await db.apiKey.update({ where: { id: caller.apiKeyId }, data: { secretHash: sha256(secret) } });
    const isKnown = () =>
      verifyApiKey(served, secret, { ip: null }).then(
        () => true,
        () => false,
      );
    await until(isKnown);
    // The notification of the new secret drops what is remembered of the key, whenever it comes.
    await ping?.();
    await until(isKnown);
    wire.hang();
    const unknown = await told(verifyApiKey(served, other, { ip: null }));
    const known = await told(verifyApiKey(served, secret, { ip: null }));
    await wire.start();
    expect([unknown, known]).toEqual([BY_THE_PULSE, "went"]);
  });

  const generation = (): NewGeneration => ({
    id: newId(),
    orgId: newId(),
    environment: "live",
    endpoint: "/v1/chat/completions",
    model: "gpt-4o",
    streamed: true,
    includeUsage: false,
    resumable: true,
    processId: hanging.processId,
    lifetimeMs: 60_000,
    claim: { operation: "gateway:live", key: newId(), requestHash: new Uint8Array(32) },
    stored: undefined,
  });

  const session = { kind: "jwt" as const, userId: newId(), sessionId: newId(), sessionVersion: 1 };
  test.each<[string, () => Promise<unknown>]>([
    ["an organization's own provider keys", () => readOwnKeys(served, newId())],
    ["a session", () => loadUserPrincipal(served, session)],
    [
      "a kept generation",
      () => readGeneration(served, { orgId: newId(), environment: "live", generationId: newId() }),
    ],
    ["a kept answer's parts", () => readParts(served, { id: newId(), orgId: newId(), after: 0 })],
    ["a new generation", () => openGeneration(served, generation())],
  ])("whoever needs %s that is not remembered is told so as soon", async (_what, read) => {
    const went = () =>
      read().then(
        () => !pulse().hangs,
        () => false,
      );
    forgetPrincipals(session.userId);
    await until(() =>
      served.$queryRaw`SELECT 1`.then(
        () => !pulse().hangs,
        () => false,
      ),
    );
    wire.hang();
    const heard = await told(read());
    await wire.start();
    expect(heard).toBe(BY_THE_PULSE);
    await until(went);
  });

  test.each(["direct", "leased"] as const)(
    "a settlement that it kept waiting too long is given up: the call fails, and is closed once it answers again (%s)",
    async (opening) => {
      const address = new URL(url);
      address.port = String(wire.port);
      const impatient = new Admission(db, { url: address.href, keepMs: 300 });
      await impatient.start();
      const caller = await makeCaller(db);
      if (opening === "leased") await warmUp([impatient], caller);
      const before = await booksOf(db, caller.orgId);
      const call = await impatient.admit(callOf(caller, { tokens: 10, micros: 100 }));
      expect(call.leased).toBe(opening === "leased");
      await call.opened;
      await wire.stop();
      // Sent into a connection whose end has not been heard of, it would be in doubt.
      await until(() =>
        impatient
          .admit(callOf(caller, { environment: "test" }))
          .then((late) => late.opened)
          .then(
            () => false,
            () => true,
          ),
      );
      const settling = complete(call, 3, 4).then(() => "went", codeOf);
      expect(await settling).toBe("service_unavailable");
      await wire.start();
      await until(async () => (await booksOf(db, caller.orgId)).open === 0);
      // Its leases' connection is back as well: where it is not, a process that stops leaves them to whoever recovers its calls.
      await until(async () =>
        warmUp([impatient], await makeCaller(db)).then(
          () => true,
          () => false,
        ),
      );
      await impatient.close();
      const books = await booksAtRest(db, caller.orgId);
      expect(books).toMatchObject({
        reserved: 0,
        reservedMicros: 0,
        keyReserved: 0,
        ledgerRows: before.ledgerRows + 1,
      });
      expect(books.used).toBe(books.ledgerTokens);
      const [row] = await db.usageLedger.findMany({ where: { requestId: call.id } });
      expect(row).toMatchObject({ status: "failed", billable: false, costMicros: 0n });
    },
  );

  test("a statement that only waits is waited for", async () => {
    const caller = await makeCaller(db);
    await until(() =>
      hanging.admit(callOf(caller)).then(
        (call) => complete(call, 1, 1).then(() => true),
        () => false,
      ),
    );
    let waiting: Promise<string> | undefined;
    await db.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM quota_counters WHERE org_id = ${caller.orgId}::uuid FOR UPDATE`;
        waiting = told(hanging.admit(callOf(caller)).then((call) => complete(call, 1, 1)));
        // Longer than one that answers nothing is waited for.
        await sleep(700);
        expect(await Promise.race([waiting, "waits"])).toBe("waits");
      },
      { timeout: 30_000 },
    );
    expect(await waiting).toBe("went");
  });
});
