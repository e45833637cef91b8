import { describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { type DbOrTx, newId } from "../../platform";
import { createDb, Prisma } from "../../platform/db/client";
import { refreshUsageStatistics } from "../../usage";
import { getTokenQuota, keyReservationSql, monthOf, reservationSql } from "../index";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 10 });
const at = new Date("2026-11-23T12:00:00Z");

interface Asked {
  orgId: string;
  at?: string;
  tokens?: number;
  limit?: number | null;
  micros?: number;
  cap?: number | null;
}

/** Whether there was room. */
async function reserve(run: DbOrTx, asked: Asked): Promise<boolean> {
  const { orgId, at: time = at.toISOString(), tokens = 0, limit = null, micros = 0, cap = null } = asked;
  const rows = await run.$queryRaw<unknown[]>(
    reservationSql(Prisma.sql`
      SELECT ${orgId}::uuid AS org_id, ${monthOf(new Date(time))}::date::timestamp AT TIME ZONE 'UTC' AS starts_at, ${tokens}::bigint AS tokens,
        ${limit}::bigint AS limit_tokens, ${micros}::bigint AS micros, ${cap}::bigint AS cap_micros`),
  );
  return rows.length > 0;
}

async function reserveOfKey(keyId: string, micros: number, cap: number | null): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>(
    keyReservationSql(Prisma.sql`
      SELECT ${keyId}::uuid AS key_id, ${monthOf(at)}::date AS month, ${newId()}::uuid AS org_id,
        ${micros}::bigint AS micros, ${cap}::bigint AS cap_micros`),
  );
  return rows.length > 0;
}

const passed = (results: boolean[]) => results.filter(Boolean).length;

describe("a reservation", () => {
  test("of tokens lets exactly as many through as fit, however many come at once", async () => {
    const orgId = newId();
    const results = await Promise.all(
      Array.from({ length: 200 }, () => reserve(db, { orgId, tokens: 20, limit: 1_000 })),
    );
    expect(passed(results)).toBe(50);
    expect(await getTokenQuota(db, { orgId, plan: "free", at })).toMatchObject({ used: 0, reserved: 1_000 });
  });

  test("of money lets exactly as many through as fit under the cap, of an organization and of a key", async () => {
    const [orgId, keyId] = [newId(), newId()];
    const [ofOrg, ofKey] = await Promise.all([
      Promise.all(Array.from({ length: 200 }, () => reserve(db, { orgId, micros: 300, cap: 10_000 }))),
      Promise.all(Array.from({ length: 200 }, () => reserveOfKey(keyId, 300, 10_000))),
    ]);
    expect([passed(ofOrg), passed(ofKey)]).toEqual([33, 33]);
  });

  test("that fits the quota but not the cap takes neither", async () => {
    const orgId = newId();
    expect(await reserve(db, { orgId, tokens: 1, limit: 10, micros: 101, cap: 100 })).toBe(false);
    expect(await reserve(db, { orgId, tokens: 10, limit: 10, micros: 100, cap: 100 })).toBe(true);
  });

  test("fills a quota to its last token and no further", async () => {
    const orgId = newId();
    expect(await reserve(db, { orgId, tokens: 999, limit: 1_000 })).toBe(true);
    expect(await reserve(db, { orgId, tokens: 2, limit: 1_000 })).toBe(false);
    expect(await reserve(db, { orgId, tokens: 1, limit: 1_000 })).toBe(true);
  });

  test("counts in each UTC month on its own", async () => {
    const orgId = newId();
    const reserveAt = (time: string) => reserve(db, { orgId, at: time, tokens: 600, limit: 1_000 });
    expect(await reserveAt("2026-12-31T23:59:59.999Z")).toBe(true);
    expect(await reserveAt("2027-01-01T00:00:00.000Z")).toBe(true);
    expect(await reserveAt("2027-01-31T23:59:59.999Z")).toBe(false);
  });

  test("follows a changed limit at once, down and up", async () => {
    const orgId = newId();
    expect(await reserve(db, { orgId, tokens: 500, limit: 1_000 })).toBe(true);
    expect(await reserve(db, { orgId, tokens: 1, limit: 400 })).toBe(false);
    expect(await reserve(db, { orgId, tokens: 1_000_000 })).toBe(true);
  });

  test("is undone with the transaction it is part of", async () => {
    const orgId = newId();
    await expect(
      db.$transaction(async (tx) => {
        await reserve(tx, { orgId, tokens: 10, limit: 1_000 });
        throw new Error("the rest failed");
      }),
    ).rejects.toThrow("the rest failed");
    expect(await db.quotaCounter.count({ where: { orgId } })).toBe(0);
  });
});

test("an untouched month has its whole quota, and enterprise has no limit", async () => {
  const orgId = newId();
  expect(await getTokenQuota(db, { orgId, plan: "free", at })).toEqual({
    limit: 100_000,
    used: 0,
    reserved: 0,
    remaining: 100_000,
    startsAt: new Date("2026-11-01T00:00:00Z"),
    resetsAt: new Date("2026-12-01T00:00:00Z"),
  });
  expect(await getTokenQuota(db, { orgId, plan: "enterprise", at })).toMatchObject({
    limit: null,
    remaining: null,
  });
});

test("the usage views follow the ledger, and only one refresh runs at a time", async () => {
  const results = await Promise.all([refreshUsageStatistics(db), refreshUsageStatistics(db)]);
  expect(results.some(({ refreshed }) => refreshed)).toBe(true);
});
