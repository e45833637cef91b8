import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { nothingAges } from "../../../infra/testing/monotonic-clock";
import { startTcpProxy } from "../../../infra/testing/tcp-proxy";
import { until } from "../../../infra/testing/until";
import { verifyApiKey } from "../keys";
import { AppError, type KeyPrincipal } from "../platform";
import { sha256 } from "../platform/crypto/hash";
import { createDb } from "../platform/db/client";
import { Admission, allowanceOf, recoverCalls } from "./index";
import {
  amounts,
  booksAtRest,
  booksOf,
  callOf,
  LIVES_AT_MOST,
  makeCaller,
  makeKey,
  secondsToLive,
} from "./testing/calls";
import { admitAll, codeOf, complete, db, first, many, newSecret, url } from "./testing/three-processes";

describe("200 parallel calls in three processes", () => {
  test("against tokens for 50, exactly 50 are admitted, and the limit is not passed when all have ended", async () => {
    const caller = await makeCaller(db, { tokens: 5_000 });
    const { admitted, refused } = await admitAll(many(200, () => callOf(caller, { tokens: 100 })));
    expect([admitted.length, refused]).toEqual([50, ["quota_exceeded"]]);
    expect(await booksOf(db, caller.orgId)).toMatchObject({ used: 0, reserved: 5_000, open: 50 });
    await Promise.all(admitted.map((call) => complete(call, 60, 600)));
    expect(await booksAtRest(db, caller.orgId)).toMatchObject({
      used: 3_000,
      reserved: 0,
      spent: 30_000,
      reservedMicros: 0,
      keySpent: 30_000,
      keyReserved: 0,
      ledgerRows: 50,
      ledgerTokens: 3_000,
      ledgerMicros: 30_000,
      open: 0,
    });
  });

  test("against an organization's cap for 50, exactly 50 are admitted", async () => {
    const caller = await makeCaller(db, { orgCapMicros: 50_000 });
    const { admitted, refused } = await admitAll(many(200, () => callOf(caller, { micros: 1_000 })));
    expect([admitted.length, refused]).toEqual([50, ["spend_cap_reached"]]);
    await Promise.all(admitted.map((call) => call.settle({ status: "cancelled" })));
    expect(await booksAtRest(db, caller.orgId)).toMatchObject({
      spent: 0,
      reservedMicros: 0,
      keyReserved: 0,
      ledgerRows: 50,
    });
  });

  test("against a key's cap for 50, exactly 50 of that key are admitted, and another key is not held back", async () => {
    const capped = await makeCaller(db, { keyCapMicros: 50_000 });
    const other = await makeKey(db, capped.orgId);
    const [ofCapped, ofOther] = await Promise.all([
      admitAll(many(200, () => callOf(capped, { micros: 1_000 }))),
      admitAll(many(60, () => callOf(other, { micros: 1_000 }))),
    ]);
    expect([ofCapped.admitted.length, ofCapped.refused, ofOther.admitted.length]).toEqual([
      50,
      ["spend_cap_reached"],
      60,
    ]);
    await Promise.all([...ofCapped.admitted, ...ofOther.admitted].map((call) => complete(call, 10, 500)));
    expect(await booksAtRest(db, capped.orgId)).toMatchObject({
      spent: 55_000,
      keySpent: 55_000,
      reservedMicros: 0,
      keyReserved: 0,
    });
  });
});

describe("a streamed call", () => {
  test("that is settled twice, even at the same moment, has one ledger row and is billed once", async () => {
    const caller = await makeCaller(db);
    const call = await first.admit(callOf(caller));
    const [once, twice] = await Promise.all([complete(call, 40, 400), complete(call, 90, 900)]);
    expect([once.billedMicros, twice.billedMicros]).toEqual([400n, 400n]);
    expect(await booksOf(db, caller.orgId)).toMatchObject({ ledgerRows: 1, spent: 400, used: 40 });
  });

  test("that was cut off after its first byte is billed for what was delivered, marked as our own count", async () => {
    const caller = await makeCaller(db);
    const call = await first.admit(callOf(caller));
    await call.settle({
      status: "cancelled",
      amounts: amounts(20, 5, 70),
      estimated: true,
      firstByteMs: 8.6,
      attempts: [{ provider: "openai" }],
    });
    expect(await db.usageLedger.findFirst({ where: { requestId: call.id } })).toMatchObject({
      status: "cancelled",
      billable: true,
      estimated: true,
      costMicros: 70n,
      firstByteMs: 9,
      latencyMs: 12,
      endpoint: "/v1/chat/completions",
      attempts: [{ provider: "openai" }],
    });
  });

  test("that failed costs nothing, whatever amounts it names", async () => {
    const caller = await makeCaller(db);
    const call = await first.admit(callOf(caller));
    expect(await call.settle({ status: "failed", amounts: amounts(20, 5, 70) })).toEqual({
      billedMicros: 0n,
    });
    expect(await booksOf(db, caller.orgId)).toMatchObject({ ledgerRows: 1, used: 0, spent: 0, reserved: 0 });
  });

  test("of the test environment has no limit, bills nothing and has its ledger row", async () => {
    const caller = await makeCaller(db, { tokens: 10, orgCapMicros: 10, keyCapMicros: 10 });
    const tester = { ...caller, environment: "test" as const };
    const call = await first.admit(callOf(tester, { environment: "test" }));
    expect(call.allowance.tokens).toBeNull();
    expect(await complete(call, 40, 400)).toEqual({ billedMicros: 0n });
    expect(await booksOf(db, caller.orgId)).toMatchObject({ ledgerRows: 1, used: 0, spent: 0, reserved: 0 });
    expect(await db.usageLedger.findFirst({ where: { requestId: call.id } })).toMatchObject({
      billable: false,
      inputTokens: 40n,
    });
  });

  test("says how its limits stand, also when it is refused", async () => {
    const caller = await makeCaller(db, { tokens: 1_000 });
    const call = await first.admit(callOf(caller, { tokens: 400 }));
    expect(call.allowance).toMatchObject({
      requests: { scope: "plan", limit: 1_000_000 },
      tokens: { limit: 1_000, remaining: 600 },
    });
    const error = await first.admit(callOf(caller, { tokens: 700 })).catch((reason: unknown) => reason);
    expect(codeOf(error)).toBe("quota_exceeded");
    expect(error).toMatchObject({
      public: expect.stringContaining("0 of 1,000 tokens are used, and 400 are held"),
    });
    expect(allowanceOf(error)).toMatchObject({ tokens: { limit: 1_000, remaining: 600 } });
    const limited = { ...caller, rpmLimit: 1 };
    await expect(first.admit(callOf(limited, { tokens: 1 }))).resolves.toMatchObject({
      allowance: { requests: { scope: "key", remaining: 0 } },
    });
    const tooMany = await first.admit(callOf(limited, { tokens: 1 })).catch((reason: unknown) => reason);
    expect([codeOf(tooMany), allowanceOf(tooMany)?.requests.scope]).toEqual(["rate_limit_exceeded", "key"]);
  });

  test("beyond the quota of a customer who pays overage owes its own part, each call of one group separately", async () => {
    const caller = await makeCaller(db, { tokens: 100 });
    await db.subscription.update({
      where: { orgId: caller.orgId },
      data: {
        overage: true,
        stripeSubscriptionId: `sub_${caller.orgId}`,
        currentPeriodStart: new Date(Date.now() - 1e7),
        currentPeriodEnd: new Date(Date.now() + 1e9),
      },
    });
    const calls = await Promise.all(
      many(3, () => callOf(caller, { tokens: 60 })).map((call) => first.admit(call)),
    );
    await Promise.all(calls.map((call) => complete(call, 60, 600)));
    const rows = await db.usageLedger.findMany({
      where: { orgId: caller.orgId },
      orderBy: { requestId: "asc" },
    });
    expect(rows.map((row) => [row.overageTokens, row.overageMicros]).sort()).toEqual([
      [0n, 0n],
      [20n, 200n],
      [60n, 600n],
    ]);
    expect(await db.overageReport.count({ where: { orgId: caller.orgId } })).toBe(2);
  });
});

describe("what a process remembers of a key", () => {
  const secretOf = async (caller: KeyPrincipal) => {
    const secret = newSecret();
    await db.apiKey.update({ where: { id: caller.apiKeyId }, data: { secretHash: sha256(secret) } });
    return secret;
  };
  // Without `verifyApiKey` in between, which a change made here would have dropped by itself.
  const revoke = (caller: KeyPrincipal) =>
    db.apiKey.update({ where: { id: caller.apiKeyId }, data: { revokedAt: new Date() } });

  test("is dropped at once when the key or its plan is changed by somebody else", async () => {
    const caller = await makeCaller(db);
    const secret = await secretOf(caller);
    expect(await verifyApiKey(db, secret, { ip: null })).toMatchObject({ plan: "plus" });
    using _still = nothingAges();
    await db.subscription.update({ where: { orgId: caller.orgId }, data: { plan: "pro" } });
    await until(async () => (await verifyApiKey(db, secret, { ip: null })).plan === "pro");
    await revoke(caller);
    await until(() =>
      verifyApiKey(db, secret, { ip: null }).then(
        () => false,
        (error) => codeOf(error) === "api_key_revoked",
      ),
    );
  });

  test("serves while PostgreSQL is away, and an unknown key then is not called invalid", async () => {
    const wire = await startTcpProxy(Number(new URL(url).port));
    const address = new URL(url);
    address.host = `127.0.0.1:${wire.port}`;
    const served = createDb({ url: address.href, poolMax: 2 });
    const caller = await makeCaller(db);
    const secret = await secretOf(caller);
    await verifyApiKey(served, secret, { ip: null });
    await wire.stop();
    await sleep(5_200);
    expect(await verifyApiKey(served, secret, { ip: null })).toMatchObject({ apiKeyId: caller.apiKeyId });
    const unknown = await verifyApiKey(served, newSecret(), { ip: null }).catch((error: unknown) => error);
    expect(codeOf(unknown)).not.toBe("invalid_api_key");
    await served.$disconnect();
  });
});

describe("PostgreSQL away", () => {
  test("new calls are refused while it is; a settlement waits and is stored once PostgreSQL is back", async () => {
    const address = new URL(url);
    const wire = await startTcpProxy(Number(address.port));
    address.host = `127.0.0.1:${wire.port}`;
    const cut = new Admission(db, { url: address.href });
    await cut.start();
    const caller = await makeCaller(db);
    const [call, broken] = await Promise.all([cut.admit(callOf(caller)), cut.admit(callOf(caller))]);
    // This one's statement is under way when the wire is cut: committed or not, nobody knows.
    const doubtful = complete(broken, 30, 300);
    await wire.stop();
    const settling = complete(call, 40, 400);
    await until(async () => {
      const error = await cut.admit(callOf(caller)).catch((reason: unknown) => reason);
      return (
        codeOf(error) === "service_unavailable" && error instanceof AppError && error.retryAfterSeconds === 1
      );
    });
    await sleep(500);
    await wire.start();
    expect(await Promise.all([settling, doubtful])).toEqual([{ billedMicros: 400n }, { billedMicros: 300n }]);
    await until(async () => (await booksOf(db, caller.orgId)).open === 0);
    expect(await booksOf(db, caller.orgId)).toMatchObject({
      spent: 700,
      reserved: 0,
      reservedMicros: 0,
      keyReserved: 0,
    });
    await cut.close();
    await wire.stop();
  });
});

describe("a process that dies", () => {
  test("has its calls closed within 5 seconds: failed, unbilled, the reservation back", async () => {
    const address = new URL(url);
    const wire = await startTcpProxy(Number(address.port));
    address.host = `127.0.0.1:${wire.port}`;
    const dying = new Admission(db, { url: address.href });
    await dying.start();
    const caller = await makeCaller(db);
    const call = await dying.admit(callOf(caller));
    const done = await dying.admit(callOf(caller));
    await complete(done, 40, 400);
    await wire.stop();
    expect(await secondsToLive(db, dying)).toBeLessThan(LIVES_AT_MOST);
    await until(async () => {
      await recoverCalls(db);
      return (await booksOf(db, caller.orgId)).open === 0;
    });
    expect(await booksOf(db, caller.orgId)).toMatchObject({
      ledgerRows: 2,
      used: 40,
      spent: 400,
      reserved: 0,
      reservedMicros: 0,
      keyReserved: 0,
    });
    // It was only cut off: what comes later is not billed, and its caller is told.
    await wire.start();
    await expect(complete(call, 50, 500)).rejects.toMatchObject({ code: "service_unavailable" });
    // It goes on as a new process.
    await until(async () => {
      const next = await dying.admit(callOf(caller)).catch(() => undefined);
      await next?.settle({ status: "failed" });
      return next !== undefined;
    });
    expect(await booksOf(db, caller.orgId)).toMatchObject({ used: 40, spent: 400, reserved: 0, open: 0 });
    await dying.close();
    await wire.stop();
  });
});
