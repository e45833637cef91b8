import { afterAll, expect, test } from "vitest";
import { until } from "../../../../infra/testing/until";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { Admission } from "../../admission";
import { newId } from "../../platform";
import { createDb } from "../../platform/db/client";
import { hello, makeCaller, RecordingQueue, submit } from "../testing/world";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 4 });
const admission = new Admission(db, { url: stack.env.DATABASE_URL ?? "" });
afterAll(async () => {
  await admission.close();
  await db.$disconnect();
});

test("a request is not refused for tokens that a process holds in an unused lease, and is for those of calls under way", async () => {
  const principal = { ...(await makeCaller(db)), requestsPerMinute: 1_000 };
  const call = () =>
    admission.admit({
      id: newId(),
      principal,
      environment: "live",
      endpoint: "/v1/chat/completions",
      model: { id: "gpt-4o", provider: "openai", upstreamModel: "gpt-4o", priceVersion: "gpt-4o@2024-10-01" },
      tokens: 1_000,
      costMicros: 1n,
    });
  const calls = await Promise.all(Array.from({ length: 10 }, call));
  await Promise.all(calls.map((admitted) => admitted.settle({ status: "cancelled" })));
  await until(async () => (await db.budgetLease.count()) === 1);
  const running = await call();
  await running.opened;
  expect(running.leased).toBe(true);

  // A counter as it is when nearly all has been used: what is left is held by the lease alone, but for what one request needs.
  const { heldTokens } = await db.budgetLease.findFirstOrThrow();
  const limit = await db.quotaCounter.findFirstOrThrow();
  await db.quotaCounter.updateMany({
    data: { usedTokens: (limit.limitTokens ?? 0n) - heldTokens, reservedTokens: heldTokens },
  });
  await submit(db, new RecordingQueue(), principal, { input: hello });
  expect(await db.budgetLease.findFirstOrThrow()).toMatchObject({ heldTokens: 1_000n, freeTokens: 0n });

  const counter = await db.quotaCounter.findFirstOrThrow();
  const left = Number((counter.limitTokens ?? 0n) - counter.usedTokens - counter.reservedTokens);
  await db.quotaCounter.updateMany({ data: { usedTokens: counter.usedTokens + BigInt(left) } });
  await expect(submit(db, new RecordingQueue(), principal, { input: hello })).rejects.toMatchObject({
    code: "quota_exceeded",
  });
  await running.settle({ status: "cancelled" });
});
