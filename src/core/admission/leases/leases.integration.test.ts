import { describe, expect, test } from "vitest";
import { inFiveSeconds, nothingAges } from "../../../../infra/testing/monotonic-clock";
import { until } from "../../../../infra/testing/until";
import { Admission } from "../index";
import { booksAtRest, booksOf, callOf, makeCaller } from "../testing/calls";
import { leasesOf, takenOf, WARM, warmUp } from "../testing/leases";
import { admitAll, codeOf, complete, db, many, processes, url } from "../testing/three-processes";

const [first, second] = processes as [Admission, Admission];
const warmed = { tokens: 3 * WARM.tokens, micros: 3 * WARM.micros };

describe("with leases in all of three processes, of 200 parallel calls against room for 50 exactly 50 go:", () => {
  test.each([
    ["tokens", { tokens: 10_000 + warmed.tokens }, "quota_exceeded"],
    ["an organization's cap", { orgCapMicros: 100_000 + warmed.micros }, "spend_cap_reached"],
    ["a key's cap", { keyCapMicros: 100_000 + warmed.micros }, "spend_cap_reached"],
  ])("%s", async (_, limits, code) => {
    const caller = await makeCaller(db, limits);
    await warmUp(processes, caller);
    const { admitted, refused } = await admitAll(
      many(200, () => callOf(caller, { tokens: 200, micros: 2_000 })),
    );
    await Promise.all(admitted.map(({ opened }) => opened));
    expect([admitted.length, refused]).toEqual([50, [code]]);
    expect(admitted.some(({ leased }) => leased)).toBe(true);
    await Promise.all(admitted.map((call) => complete(call, 60, 600)));
    const used = warmed.tokens + 50 * 60;
    const spent = warmed.micros + 50 * 600;
    expect(await booksAtRest(db, caller.orgId)).toMatchObject({
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
});

describe("a lease", () => {
  test("that another process holds unused does not make the last call that fits be refused", async () => {
    const caller = await makeCaller(db, { tokens: 10_000 });
    await warmUp([first], caller);
    const room = 10_000 - WARM.tokens;
    expect(await takenOf(caller)).toBeGreaterThan(WARM.tokens);
    const tooMuch = await second.admit(callOf(caller, { tokens: room + 1 })).catch(codeOf);
    expect(tooMuch).toBe("quota_exceeded");
    const last = await second.admit(callOf(caller, { tokens: room }));
    expect(await takenOf(caller)).toBe(10_000);
    await complete(last, room, 0);
    expect(await booksAtRest(db, caller.orgId)).toMatchObject({ used: 10_000, reserved: 0 });
  });

  test("settles in memory: no counter is touched, and the next report moves them", async () => {
    const caller = await makeCaller(db);
    await warmUp([first], caller);
    // It is not given back for being idle.
    using _still = nothingAges();
    let settled = false;
    await db.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT 1 FROM quota_counters WHERE org_id = ${caller.orgId}::uuid FOR UPDATE`;
        await tx.$queryRaw`SELECT 1 FROM key_spend WHERE org_id = ${caller.orgId}::uuid FOR UPDATE`;
        const call = await first.admit(callOf(caller, { tokens: 10, micros: 100 }));
        expect(call.leased).toBe(true);
        await call.opened;
        await complete(call, 7, 70);
        settled = true;
      },
      { timeout: 60_000 },
    );
    expect(settled).toBe(true);
    await until(async () => (await booksOf(db, caller.orgId)).used === WARM.tokens + 7);
    expect(await booksOf(db, caller.orgId)).toMatchObject({
      spent: WARM.micros + 70,
      keySpent: WARM.micros + 70,
      leases: 1,
    });
  });

  test("that nobody uses is released within seconds, and no figure shown meanwhile contains it", async () => {
    const caller = await makeCaller(db, { tokens: 100_000 });
    await warmUp([first], caller);
    const { tokens } = await second.allowance(caller, "live");
    expect(tokens).toMatchObject({ limit: 100_000, remaining: 100_000 - WARM.tokens });
    using _later = inFiveSeconds();
    await until(async () => (await leasesOf(caller)) === 0);
    expect(await booksOf(db, caller.orgId)).toMatchObject({
      used: WARM.tokens,
      reserved: 0,
      reservedMicros: 0,
    });
  });

  test("is not granted in the last tenth, nor to who pays beyond the quota", async () => {
    const near = await makeCaller(db, { tokens: 1_000 });
    const held = await second.admit(callOf(near, { tokens: 910 }));
    const paying = await makeCaller(db, { tokens: 100_000 });
    await db.subscription.update({
      where: { orgId: paying.orgId },
      data: {
        overage: true,
        stripeSubscriptionId: `sub_${paying.orgId}`,
        currentPeriodStart: new Date(Date.now() - 1e7),
        currentPeriodEnd: new Date(Date.now() + 1e9),
      },
    });
    for (const caller of [near, paying]) {
      const calls = await Promise.all(
        many(12, () => callOf(caller, { tokens: 1 })).map((call) => first.admit(call)),
      );
      await Promise.all(calls.map((call) => complete(call, 1, 1)));
      const later = await first.admit(callOf(caller, { tokens: 1 }));
      expect([later.leased, await leasesOf(caller)]).toEqual([false, 0]);
      await complete(later, 1, 1);
    }
    await complete(held, 910, 0);
  });

  test("is given back at once when the plan changes, which then holds: less, and more", async () => {
    const caller = await makeCaller(db, { tokens: 100_000 });
    await warmUp(processes, caller);
    const limitTo = (tokens: number) =>
      db.subscription.update({
        where: { orgId: caller.orgId },
        data: { customMonthlyTokens: BigInt(tokens) },
      });
    {
      // They are given back for the change, not for being idle.
      using _still = nothingAges();
      await limitTo(warmed.tokens + 100);
      await until(async () => (await leasesOf(caller)) === 0);
    }
    const { admitted } = await admitAll(many(30, () => callOf(caller, { tokens: 10 })));
    expect([admitted.length, await takenOf(caller)]).toEqual([10, warmed.tokens + 100]);
    await limitTo(100_000);
    const more = await second.admit(callOf(caller, { tokens: 50_000 }));
    await Promise.all([...admitted, more].map((call) => complete(call, 1, 1)));
  });

  test("is given back at once when the key's cap changes", async () => {
    const caller = await makeCaller(db);
    await warmUp([first], caller);
    {
      using _still = nothingAges();
      await db.apiKey.update({
        where: { id: caller.apiKeyId },
        data: { monthlyCapMicros: BigInt(WARM.micros + 100) },
      });
      await until(async () => (await leasesOf(caller)) === 0);
    }
    const { admitted, refused } = await admitAll(many(5, () => callOf(caller, { micros: 100 })));
    expect([admitted.length, refused]).toEqual([1, ["spend_cap_reached"]]);
    await Promise.all(admitted.map((call) => complete(call, 1, 1)));
  });

  test("of a process that stops is given back before it is gone", async () => {
    const stopping = new Admission(db, { url });
    const caller = await makeCaller(db);
    await warmUp([stopping], caller);
    await stopping.close();
    expect(await booksOf(db, caller.orgId)).toMatchObject({ used: WARM.tokens, reserved: 0, leases: 0 });
  });
});
