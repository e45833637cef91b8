import { describe, expect, test } from "vitest";
import { useTestStack } from "../../../infra/local/testing/use-test-stack";
import { createDb } from "../platform/db";
import { newId } from "../platform/ids";
import { getTokenQuota, refreshUsageStatistics, reserveTokens } from "./index";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 10 });
const at = new Date("2026-11-23T12:00:00Z");

describe("reserveTokens", () => {
  test("lets exactly as many through as fit, however many come at once", async () => {
    const orgId = newId();
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, () => reserveTokens(db, { orgId, at, tokens: 20, limit: 1_000 })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(50);
    expect(await getTokenQuota(db, { orgId, plan: "free", at })).toMatchObject({ used: 0, reserved: 1_000 });
  });

  test("fills a quota to its last token and no further", async () => {
    const orgId = newId();
    await reserveTokens(db, { orgId, at, tokens: 999, limit: 1_000 });
    await expect(reserveTokens(db, { orgId, at, tokens: 2, limit: 1_000 })).rejects.toMatchObject({
      code: "quota_exceeded",
    });
    await reserveTokens(db, { orgId, at, tokens: 1, limit: 1_000 });
  });

  test("says what is used, what is set aside, and when the month ends", async () => {
    const orgId = newId();
    await reserveTokens(db, { orgId, at, tokens: 900, limit: 1_000 });
    await db.quotaCounter.updateMany({ where: { orgId }, data: { usedTokens: 90 } });
    const error = await reserveTokens(db, { orgId, at, tokens: 1_500, limit: 1_000 }).catch(
      (reason) => reason,
    );
    expect(error).toMatchObject({ status: 429, retryAfterSeconds: 7.5 * 24 * 3_600 });
    expect(error.public).toContain("90 of 1,000 tokens are used, and 900 are set aside");
    expect(error.public).toContain("2026-12-01 00:00 UTC");
  });

  test("counts each UTC month on its own", async () => {
    const orgId = newId();
    const reserve = (time: string) =>
      reserveTokens(db, { orgId, at: new Date(time), tokens: 600, limit: 1_000 });
    await reserve("2026-12-31T23:59:59.999Z");
    await reserve("2027-01-01T00:00:00.000Z");
    await expect(reserve("2027-01-31T23:59:59.999Z")).rejects.toMatchObject({ code: "quota_exceeded" });
  });

  test("follows a changed limit at once, down and up", async () => {
    const orgId = newId();
    await reserveTokens(db, { orgId, at, tokens: 500, limit: 1_000 });
    await expect(reserveTokens(db, { orgId, at, tokens: 1, limit: 400 })).rejects.toMatchObject({
      code: "quota_exceeded",
    });
    await reserveTokens(db, { orgId, at, tokens: 1_000_000, limit: null });
  });

  test("is undone with the transaction it is part of", async () => {
    const orgId = newId();
    await expect(
      db.$transaction(async (tx) => {
        await reserveTokens(tx, { orgId, at, tokens: 10, limit: 1_000 });
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
