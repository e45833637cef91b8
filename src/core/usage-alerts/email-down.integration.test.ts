import { afterAll, expect, test } from "vitest";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { startOfMonth } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { notifyThresholds, recordThresholds } from ".";

// Nothing listens on the discard port of this machine.
await useTestStack({ SMTP_URL: "smtp://127.0.0.1:9" });
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

test("a usage alert that could not be emailed is kept, and sent at the job's next run", async () => {
  const { orgId } = await makeUser();
  const now = new Date();
  await db().quotaCounter.create({
    data: { orgId, startsAt: startOfMonth(now), usedTokens: 90_000n, updatedAt: now },
  });
  await recordThresholds(db());
  expect(await notifyThresholds(db())).toBe(0);
  expect(await db().usageAlert.findMany({ where: { orgId, emailedAt: null } })).toHaveLength(1);
});
