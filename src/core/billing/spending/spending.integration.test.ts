import { describe, expect, it } from "vitest";
import { type Buyer, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { createKey } from "../../keys";
import { fromPublicId, systemClock } from "../../platform";
import { db } from "../../platform/db/client";
import { monthOf } from "../../quota";
import { getSpending, setCapInputSchema, setSpendingCap } from "..";

await useStripeStack();

const setCap = ({ principal }: Buyer, monthly_cap_micros: number | null) =>
  setSpendingCap(db(), { principal, input: { monthly_cap_micros } });
const spending = ({ principal }: Buyer) => getSpending(db(), { orgId: principal.orgId });
const month = () => new Date(monthOf(systemClock.now()));

describe("the cap", () => {
  it("is none until it is set, holds what was set, and is taken off again; each with its trace", async () => {
    const who = await makeBuyer();
    expect(await spending(who)).toMatchObject({ cap_micros: null, spent_micros: 0, reserved_micros: 0 });
    expect((await setCap(who, 25_000_000)).cap_micros).toBe(25_000_000);
    await setCap(who, 25_000_000);
    expect((await setCap(who, 10_000)).cap_micros).toBe(10_000);
    expect((await setCap(who, null)).cap_micros).toBeNull();
    const entries = await db().$queryRaw<{ details: unknown }[]>`
      SELECT details FROM audit_logs
      WHERE org_id = ${who.principal.orgId}::uuid AND action = 'org.spending_changed' ORDER BY id`;
    expect(entries.map(({ details }) => details)).toEqual([
      { cap_micros: 25_000_000, cap_micros_before: null },
      { cap_micros: 10_000, cap_micros_before: 25_000_000 },
      { cap_micros: null, cap_micros_before: 10_000 },
    ]);
  });

  it("may be less than what is spent already", async () => {
    const who = await makeBuyer();
    const { orgId } = who.principal;
    await db().quotaCounter.create({
      data: { orgId, startsAt: month(), spentMicros: 5_000_000n, reservedMicros: 70n, updatedAt: new Date() },
    });
    expect(await setCap(who, 1_000_000)).toMatchObject({
      cap_micros: 1_000_000,
      spent_micros: 5_000_000,
      reserved_micros: 70,
    });
  });

  it.each([
    [9_999, false],
    [10_000, true],
    [0, false],
    [-1, false],
    [1.5, false],
    [1_000_000_000_000, true],
    [1_000_000_000_001, false],
    [null, true],
  ])("%s micro-dollars: %s", (monthly_cap_micros, valid) => {
    expect(setCapInputSchema.safeParse({ monthly_cap_micros }).success).toBe(valid);
  });
});

describe("what is shown of spending", () => {
  it("is this month's, and of no other organization", async () => {
    const [who, other] = [await makeBuyer(), await makeBuyer()];
    const { orgId } = who.principal;
    const before = new Date(Date.UTC(month().getUTCFullYear(), month().getUTCMonth() - 1, 1));
    const at = { updatedAt: new Date() };
    await db().quotaCounter.createMany({
      data: [
        { orgId, startsAt: month(), spentMicros: 11n, ...at },
        { orgId, startsAt: before, spentMicros: 500n, ...at },
        { orgId: other.principal.orgId, startsAt: month(), spentMicros: 900n, ...at },
      ],
    });
    expect((await spending(who)).spent_micros).toBe(11);
  });

  it("lists keys with a cap, a rotated one once with what all its secrets spent, revoked ones not", async () => {
    const who = await makeBuyer();
    const { orgId } = who.principal;
    const make = async (name: string, cap: bigint | null) => {
      const key = await createKey(db(), {
        principal: who.principal,
        input: { name, environment: "live", scopes: [], models: [], ip_allowlist: [] },
      });
      const id = fromPublicId("key", key.id);
      await db().apiKey.update({ where: { id }, data: { monthlyCapMicros: cap } });
      return id;
    };
    const [first, second, uncapped, gone] = [
      await make("Laptop", 1_000n),
      await make("Server", 1_000n),
      await make("Free", null),
      await make("Gone", 1_000n),
    ];
    await db().apiKey.update({ where: { id: gone }, data: { revokedAt: new Date() } });
    await db().apiKey.update({ where: { id: first }, data: { successorId: second } });
    await db().apiKey.update({ where: { id: second }, data: { spendId: first } });
    await db().keySpend.createMany({
      data: [first, uncapped, gone].map((keyId) => ({
        keyId,
        orgId,
        month: month(),
        spentMicros: 400n,
        updatedAt: new Date(),
      })),
    });
    expect((await spending(who)).keys).toMatchObject([
      { name: "Server", cap_micros: 1_000, spent_micros: 400, reserved_micros: 0 },
    ]);
  });
});
