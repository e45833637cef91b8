import { afterAll, beforeEach, expect, test } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { newId, startOfMonth } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { endOfMonth, type LimitKind, recordRefusal } from "../quota";
import { notifyThresholds, recordThresholds } from ".";

const stack = await useTestStack();
const now = new Date("2026-11-20T12:00:00Z");
const clock = { now: () => now };
const month = startOfMonth(now);

afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});
beforeEach(async () => {
  await db().usageAlert.deleteMany();
  await db().quotaCounter.deleteMany();
  await db().keySpend.deleteMany();
});

interface Owner {
  orgId: string;
  userId: string;
  /** The subjects of emails about usage, in the order they came. */
  subjects: () => string[];
  texts: () => string[];
}

async function owner(): Promise<Owner> {
  const { email, userId, orgId } = await makeUser();
  const usage = () =>
    stack.mailbox.messagesTo(email).filter(({ subject }) => !subject.startsWith("Verify your"));
  return {
    orgId,
    userId,
    subjects: () =>
      usage()
        .map(({ subject }) => subject)
        .reverse(),
    texts: () =>
      usage()
        .map(({ text }) => text)
        .reverse(),
  };
}

/** Sets what the organization has used of its tokens, and of its money. */
async function use(orgId: string, usedTokens: number, spentMicros = 0): Promise<void> {
  const counts = { usedTokens: BigInt(usedTokens), spentMicros: BigInt(spentMicros), updatedAt: now };
  await db().quotaCounter.upsert({
    where: { orgId_startsAt: { orgId, startsAt: month } },
    create: { orgId, startsAt: month, limitTokens: 100_000n, ...counts },
    update: counts,
  });
}

const cap = (orgId: string, micros: number | null) =>
  db().subscription.update({
    where: { orgId },
    data: { monthlyCapMicros: micros === null ? null : BigInt(micros) },
  });

async function tell(): Promise<number> {
  await recordThresholds(db(), clock);
  return await notifyThresholds(db(), { clock });
}

test("80 and 100 % of the quota are told once each, however often the job runs and in how many processes", async () => {
  const { orgId, subjects, texts } = await owner();
  await use(orgId, 79_999);
  expect(await tell()).toBe(0);
  await use(orgId, 80_000);
  await Promise.all([tell(), tell(), tell()]);
  await tell();
  expect(subjects()).toEqual(["You’ve used 80% of your tokens"]);
  await use(orgId, 100_000);
  await tell();
  await tell();
  expect(subjects()).toEqual([
    "You’ve used 80% of your tokens",
    "You’ve used all your tokens; requests are refused",
  ]);
  expect(texts()[0]).toContain("You have used 80,000 of 100,000 tokens this month.");
  expect(texts()[0]).toContain("December 1, 2026 (UTC)");
});

test("a cap tells at 50, 80 and 100 %; of several passed in one step only the highest", async () => {
  const { orgId, subjects } = await owner();
  await cap(orgId, 10_000_000);
  await use(orgId, 0, 5_000_000);
  await tell();
  await use(orgId, 0, 10_000_000);
  await tell();
  expect(subjects()).toEqual([
    "You’ve used 50% of a spend cap",
    "Spend cap reached: your requests are refused",
  ]);
});

test("a raised cap has thresholds of its own, and the old one is not told again", async () => {
  const { orgId, subjects } = await owner();
  await cap(orgId, 10_000_000);
  await use(orgId, 0, 8_000_000);
  await tell();
  await cap(orgId, 16_000_000);
  await tell();
  await cap(orgId, 10_000_000);
  await tell();
  expect(subjects()).toEqual(["You’ve used 80% of a spend cap", "You’ve used 50% of a spend cap"]);
});

test("the cap of a key is told to whoever made it, and by the key that holds it now", async () => {
  const [boss, creator] = [await owner(), await owner()];
  await db().membership.create({
    data: { orgId: boss.orgId, userId: creator.userId, role: "developer", createdAt: now },
  });
  const [first, second] = [newId(), newId()];
  const key = (id: string, name: string, successorId: string | null) =>
    db().apiKey.create({
      data: {
        id,
        orgId: boss.orgId,
        createdBy: creator.userId,
        spendId: first,
        name,
        environment: "live",
        secretHash: Buffer.from(id),
        prefix: "agt_live_0000",
        lastFour: "0000",
        scopes: [],
        monthlyCapMicros: 1_000_000n,
        successorId,
        createdAt: now,
      },
    });
  await key(first, "Crawler", second);
  await key(second, "Crawler", null);
  await db().keySpend.create({
    data: { keyId: first, month, orgId: boss.orgId, spentMicros: 1_000_000n, updatedAt: now },
  });
  await tell();
  await tell();
  for (const reader of [boss, creator]) {
    expect(reader.subjects()).toEqual(["Spend cap reached: a key’s requests are refused"]);
    expect(reader.texts()[0]).toContain("“Crawler” has spent $1.00 of its monthly cap of $1.00.");
  }
});

test("a refusal near the limit counts as reached; one large request against an empty quota sends no alert", async () => {
  const { orgId, subjects } = await owner();
  const refusal = (used: number, by: LimitKind = "quota") =>
    recordRefusal(db(), {
      by,
      orgId,
      subjectId: orgId,
      at: now,
      startsAt: month,
      resetsAt: endOfMonth(now),
      asked: 5_000,
      limit: 100_000,
      used,
      reserved: 0,
    });
  await use(orgId, 60_000);
  refusal(60_000);
  expect(await tell()).toBe(0);
  await use(orgId, 97_000);
  refusal(97_000);
  refusal(97_000);
  await expect.poll(() => db().usageAlert.count({ where: { orgId } })).toBe(1);
  await tell();
  await tell();
  expect(subjects()).toEqual(["You’ve used all your tokens; requests are refused"]);
});

test("muted emails are not sent, and are not sent later", async () => {
  const { orgId, userId, subjects } = await owner();
  await db().user.update({ where: { id: userId }, data: { mutedEmails: ["usage"] } });
  await use(orgId, 85_000);
  await tell();
  await db().user.update({ where: { id: userId }, data: { mutedEmails: [] } });
  await tell();
  expect(subjects()).toEqual([]);
});

test("an alert that was not sent within its month is never sent", async () => {
  const { orgId, subjects } = await owner();
  await db().usageAlert.create({
    data: {
      subjectId: orgId,
      startsAt: new Date("2026-10-01"),
      endsAt: new Date("2026-11-01"),
      kind: "quota",
      percent: 80,
      limit: 100_000n,
      orgId,
      createdAt: now,
    },
  });
  expect(await tell()).toBe(0);
  expect(await db().usageAlert.count({ where: { orgId, emailedAt: null } })).toBe(0);
  expect(subjects()).toEqual([]);
});
