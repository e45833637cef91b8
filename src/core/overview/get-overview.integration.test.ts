import { describe, expect, test } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { DAY, newId, startOfMonth, toPublicId, type UserPrincipal } from "../platform";
import { createDb } from "../platform/db/client";
import { createDataKey } from "../privacy";
import { getOverview, overviewSchema } from "./index";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 5 });
const now = new Date();

async function makeMember(): Promise<UserPrincipal> {
  const orgId = newId();
  const madeAt = new Date(now.getTime() - 20 * DAY);
  await createDataKey(db, { type: "org", id: orgId });
  await db.organization.create({
    data: { id: orgId, nameCipher: new Uint8Array(1), personal: true, createdAt: madeAt, updatedAt: madeAt },
  });
  return {
    kind: "session",
    orgId,
    plan: "free",
    requestsPerMinute: 10,
    userId: newId(),
    sessionId: newId(),
    role: "owner",
    emailVerified: false,
    operator: false,
    environment: "test",
    scopes: new Set(["usage:read", "requests:read_all"]),
  };
}

async function book(
  orgId: string,
  at: Date,
  {
    status = "completed",
    environment = "live",
  }: { status?: "completed" | "failed"; environment?: "live" | "test" } = {},
): Promise<void> {
  const requestId = newId(at);
  const billable = status === "completed" && environment === "live";
  await db.usageLedger.create({
    data: {
      requestId,
      createdAt: at,
      orgId,
      environment,
      model: "gpt-4o",
      provider: "openai",
      upstreamModel: "gpt-4o",
      status,
      billable,
      inputTokens: 100n,
      priceVersion: "test",
      costMicros: billable ? 250n : 0n,
      latencyMs: 400,
      settledAt: at,
    },
  });
}

function addKey(
  orgId: string,
  name: string,
  more: { expiresAt?: Date; revokedAt?: Date; successorId?: string } = {},
) {
  const id = newId();
  return db.apiKey.create({
    data: {
      id,
      spendId: id,
      orgId,
      name,
      environment: "live",
      secretHash: new Uint8Array(32),
      prefix: "agt_live_0000",
      lastFour: "0000",
      scopes: [],
      createdAt: now,
      ...more,
    },
  });
}

describe("getOverview", () => {
  test("shows a new organization every step as open and two weeks of zeros", async () => {
    const principal = await makeMember();
    const overview = overviewSchema.parse(
      await getOverview(db, { principal, input: { environment: "live" } }),
    );
    expect(overview).toMatchObject({
      plan: "free",
      quota: { limit: 100_000, used: 0, projected: 0 },
      today: { requests: 0 },
      expiring_keys: [],
      onboarding: { email_verified: false, key_made: false, call_completed: false },
    });
    expect(overview.days).toHaveLength(14);
    expect(overview.days.every(({ requests }) => requests === 0)).toBe(true);
  });

  test("counts live requests in their UTC day, and never another organization's or the sandbox's", async () => {
    const principal = await makeMember();
    const stranger = await makeMember();
    await book(principal.orgId, now);
    await book(principal.orgId, now, { status: "failed" });
    await book(principal.orgId, new Date(now.getTime() - 2 * DAY));
    await book(principal.orgId, now, { environment: "test" });
    await book(stranger.orgId, now);
    const { today, days, window, onboarding } = await getOverview(db, {
      principal,
      input: { environment: "live" },
    });
    expect(today).toMatchObject({ requests: 2, completed: 1, failed: 1, cost_micros: 250 });
    expect(days.at(-1)).toMatchObject({ requests: 2, failed: 1, cost_micros: 250 });
    expect(days.at(-3)).toMatchObject({ requests: 1, failed: 0 });
    expect(window.requests).toBe(3);
    expect(window.latency_ms?.p50).toBeGreaterThan(300);
    expect(onboarding.call_completed).toBe(true);
  });

  test("a test key's answer is a first call too; a failure is none", async () => {
    const failing = await makeMember();
    await book(failing.orgId, now, { status: "failed" });
    expect((await getOverview(db, { principal: failing })).onboarding.call_completed).toBe(false);
    await book(failing.orgId, now, { environment: "test" });
    expect((await getOverview(db, { principal: failing })).onboarding.call_completed).toBe(true);
  });

  test("stretches what the month has used over the whole month", async () => {
    const principal = await makeMember();
    const at = new Date(startOfMonth(now).getTime() + 10 * DAY);
    await db.quotaCounter.create({
      data: {
        orgId: principal.orgId,
        startsAt: startOfMonth(now),
        usedTokens: 1_000,
        reservedTokens: 10,
        updatedAt: at,
      },
    });
    const { quota } = await getOverview(db, { principal }, { now: () => at });
    const days = (Date.parse(quota.reset_at) - Date.parse(quota.period_start)) / DAY;
    expect(quota).toMatchObject({ used: 1_000, reserved: 10, projected: 100 * days });
  });

  test("names the keys that stop within a week, the soonest first, unless they are replaced or ended", async () => {
    const principal = await makeMember();
    const { orgId } = principal;
    const inDays = (days: number) => new Date(now.getTime() + days * DAY);
    await addKey(orgId, "endless");
    await addKey(orgId, "later", { expiresAt: inDays(8) });
    await addKey(orgId, "over", { expiresAt: inDays(-1) });
    await addKey(orgId, "revoked", { expiresAt: inDays(2), revokedAt: now });
    await addKey(orgId, "rotated", { expiresAt: inDays(2), successorId: newId() });
    const second = await addKey(orgId, "second", { expiresAt: inDays(6) });
    const first = await addKey(orgId, "first", { expiresAt: inDays(1) });
    const { expiring_keys, onboarding } = await getOverview(db, {
      principal,
      input: { environment: "live" },
    });
    expect(expiring_keys.map(({ id, name }) => [id, name])).toEqual([
      [toPublicId("key", first.id), "first"],
      [toPublicId("key", second.id), "second"],
    ]);
    expect(onboarding.key_made).toBe(true);
  });

  test("warns of caps from 80 % on, the fullest first, each with what is spent of it this month alone", async () => {
    const principal = await makeMember();
    const { orgId } = principal;
    const month = new Date(`${now.toISOString().slice(0, 7)}-01T00:00:00Z`);
    const before = new Date(month.getTime() - DAY);
    await db.subscription.create({
      data: { orgId, monthlyCapMicros: 1_000n, createdAt: now, updatedAt: now },
    });
    await db.quotaCounter.create({ data: { orgId, startsAt: month, spentMicros: 900n, updatedAt: now } });
    const capped = async (name: string, spent: bigint, at = month) => {
      const key = await addKey(orgId, name);
      await db.apiKey.update({ where: { id: key.id }, data: { monthlyCapMicros: 100n } });
      await db.keySpend.create({
        data: {
          keyId: key.id,
          orgId,
          month: new Date(`${at.toISOString().slice(0, 7)}-01`),
          spentMicros: spent,
          updatedAt: now,
        },
      });
    };
    await capped("full", 100n);
    await capped("half", 50n);
    await capped("full last month", 100n, before);
    const { tight_caps } = overviewSchema.parse(
      await getOverview(db, { principal, input: { environment: "live" } }),
    );
    expect(tight_caps.map(({ key, spent_micros }) => [key?.name ?? "organization", spent_micros])).toEqual([
      ["full", 100],
      ["organization", 900],
    ]);
  });

  test("says that a payment is due and until when the plan stays, and when agreed terms end", async () => {
    const principal = await makeMember();
    const { orgId } = principal;
    const grace = new Date(now.getTime() + 3 * DAY);
    await db.subscription.create({
      data: { orgId, plan: "pro", status: "past_due", graceEndsAt: grace, createdAt: now, updatedAt: now },
    });
    const agree = (days: number, ended = false) =>
      db.planOverride.create({
        data: {
          id: newId(),
          orgId,
          plan: "enterprise",
          reason: "A trial",
          createdBy: newId(),
          createdAt: now,
          expiresAt: new Date(now.getTime() + days * DAY),
          endedAt: ended ? now : null,
        },
      });
    await agree(10, true);
    await agree(90);
    const early = await getOverview(db, { principal, input: { environment: "live" } });
    expect(early).toMatchObject({
      payment_due: { grace_ends_at: grace.toISOString() },
      agreement_ends_at: null,
    });
    await db.planOverride.updateMany({ where: { orgId, endedAt: null }, data: { endedAt: now } });
    await agree(20);
    const late = await getOverview(db, { principal }, { now: () => new Date(now.getTime() + 4 * DAY) });
    expect(late.payment_due).toEqual({ grace_ends_at: null });
    expect(late.agreement_ends_at).toBe(new Date(now.getTime() + 20 * DAY).toISOString());
  });
});
