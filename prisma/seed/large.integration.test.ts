import { afterAll, expect, test } from "vitest";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { getInferenceDetail, listHistory } from "../../src/core/inference";
import { startOfMonth } from "../../src/core/platform";
import { closeDb, db } from "../../src/core/platform/db/client";
import { ownerPrincipal } from "./account";
import { seedDemo } from "./demo";
import { seedLarge } from "./large";

const { databaseUrl } = await useTestStack();
afterAll(() => closeDb());

test("the large scenario adds an organization whose year of requests can be listed, read and billed", {
  timeout: 120_000,
}, async () => {
  const now = new Date();
  await seedDemo({
    databaseUrl,
    password: "correct horse battery staple",
    operatorPassword: "quiet agate here",
  });
  const { orgId } = await seedLarge(db(), { rows: 240, now });

  const months = await db().$queryRaw<{ month: Date; requests: bigint }[]>`
    SELECT date_trunc('month', created_at) AS month, count(*) AS requests FROM inference_requests
    WHERE org_id = ${orgId}::uuid GROUP BY 1 ORDER BY 1`;
  expect(months).toHaveLength(12);
  expect(months.reduce((sum, { requests }) => sum + requests, 0n)).toBe(240n);
  expect(await db().usageLedger.count({ where: { orgId } })).toBe(240);
  const billed = await db().usageLedger.aggregate({ where: { orgId }, _sum: { costMicros: true } });
  expect(billed._sum.costMicros).toBeGreaterThan(0n);

  const thisMonth = await db().usageLedger.aggregate({
    where: { orgId, createdAt: { gte: startOfMonth(now) } },
    _sum: { costMicros: true },
  });
  const counter = await db().quotaCounter.findFirstOrThrow({ where: { orgId } });
  expect(counter).toMatchObject({ startsAt: startOfMonth(now), spentMicros: thisMonth._sum.costMicros });
  const spends = await db().keySpend.aggregate({ where: { orgId }, _sum: { spentMicros: true } });
  expect(spends._sum.spentMicros).toBe(counter.spentMicros);
  expect(await db().apiKey.count({ where: { orgId, lastUsedAt: null } })).toBe(0);

  const { userId } = await db().membership.findFirstOrThrow({ where: { orgId } });
  const owner = await ownerPrincipal(db(), { userId, orgId });
  expect(owner.plan).toBe("enterprise");
  const page = await listHistory(db(), { principal: owner, query: { limit: 20 } });
  expect(page.data).toHaveLength(20);
  const { id } = await db().inferenceRequest.findFirstOrThrow({ where: { orgId, status: "completed" } });
  const detail = await getInferenceDetail(db(), { requestId: id, orgId, environment: "all" });
  expect(detail).toMatchObject({
    messages: [{ role: "user" }],
    output: { role: "assistant" },
    receipt: { billable: true },
  });
});
