import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, type KeyPrincipal, MINUTE, startOfMonth } from "../../platform";
import { createDb } from "../../platform/db/client";
import { changePlanLimits } from "../../quota";
import { cancelInference, completeRequest, flushSends } from "../index";
import { answer, claim, makeCaller, RecordingQueue, submit } from "../testing/world";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 10 });
const queue = new RecordingQueue();

const HELLO_TOKENS = 158;
const ANSWER_TOKENS = 1_050;
const now = Date.now();
const start = new Date(now - 20 * DAY);
/** Over since five minutes, and Stripe has not said more. */
const end = new Date(now - 5 * MINUTE);
const before = { clock: { now: () => new Date(end.getTime() - MINUTE) } };
const after = { clock: { now: () => new Date(end.getTime() + MINUTE) } };

async function subscriber({ tokens, cap }: { tokens?: number; cap?: number } = {}): Promise<KeyPrincipal> {
  const caller = await makeCaller(db, { plan: "pro" });
  const { orgId } = caller;
  await db.organization.create({
    data: { id: orgId, nameCipher: new Uint8Array(1), createdAt: start, updatedAt: start },
  });
  await db.subscription.create({
    data: {
      orgId,
      plan: "pro",
      stripeSubscriptionId: `sub_${randomUUID()}`,
      currentPeriodStart: start,
      currentPeriodEnd: end,
      customMonthlyTokens: tokens === undefined ? null : BigInt(tokens),
      monthlyCapMicros: cap === undefined ? null : BigInt(cap),
      createdAt: start,
      updatedAt: start,
    },
  });
  return caller;
}

async function counter({ orgId }: KeyPrincipal, startsAt: Date) {
  const row = await db.quotaCounter.findUnique({ where: { orgId_startsAt: { orgId, startsAt } } });
  return row === null
    ? null
    : {
        used: Number(row.usedTokens),
        reserved: Number(row.reservedTokens),
        spent: Number(row.spentMicros),
        set_aside: Number(row.reservedMicros),
      };
}

test("a request in progress at a period's end settles in the period whose tokens it reserved, and its money in its month", async () => {
  const caller = await subscriber();
  const first = await submit(db, queue, caller, before);
  const second = await submit(db, queue, caller, after);
  expect(await counter(caller, start)).toMatchObject({ reserved: HELLO_TOKENS, set_aside: 0 });
  expect(await counter(caller, end)).toMatchObject({ reserved: HELLO_TOKENS, set_aside: 0 });
  // Stripe's word comes while both run.
  await db.$transaction((tx) =>
    changePlanLimits(tx, { orgId: caller.orgId, at: new Date() }, () =>
      tx.subscription.update({
        where: { orgId: caller.orgId },
        data: { currentPeriodStart: end, currentPeriodEnd: new Date(end.getTime() + 30 * DAY) },
      }),
    ),
  );
  const job = await claim(db, first);
  await completeRequest(db, { job, completion: answer, latencyMs: 1 });
  expect(await counter(caller, start)).toEqual({ used: ANSWER_TOKENS, reserved: 0, spent: 0, set_aside: 0 });
  expect(await counter(caller, end)).toMatchObject({ used: 0, reserved: HELLO_TOKENS });
  await cancelInference(db, { orgId: caller.orgId, environment: "live", requestId: second });
  expect(await counter(caller, end)).toEqual({ used: 0, reserved: 0, spent: 0, set_aside: 0 });
  const months = new Set([before, after].map(({ clock }) => startOfMonth(clock.now()).getTime()));
  const money = await Promise.all([...months].map((month) => counter(caller, new Date(month))));
  expect(money.reduce((sum, one) => sum + (one?.spent ?? 0), 0)).toBe(2_750);
  expect(money.reduce((sum, one) => sum + (one?.set_aside ?? 0), 0)).toBe(0);
  await flushSends();
});

test("200 requests across a period's end get what each period has, and leave no reservation where one counter was full", async () => {
  const fits = 7;
  const caller = await subscriber({ tokens: fits * HELLO_TOKENS });
  const results = await Promise.allSettled(
    Array.from({ length: 200 }, (_, index) => submit(db, queue, caller, index % 2 === 0 ? before : after)),
  );
  const accepted = results.filter(({ status }) => status === "fulfilled");
  expect(accepted).toHaveLength(2 * fits);
  expect(await counter(caller, start)).toMatchObject({ reserved: fits * HELLO_TOKENS });
  expect(await counter(caller, end)).toMatchObject({ reserved: fits * HELLO_TOKENS });

  const capped = await subscriber({ cap: 3 * 1_145 });
  await Promise.allSettled(Array.from({ length: 100 }, () => submit(db, queue, capped, after)));
  const held = await counter(capped, end);
  const money = await counter(capped, startOfMonth(after.clock.now()));
  expect(held).toMatchObject({ reserved: 3 * HELLO_TOKENS });
  expect(money).toMatchObject({ set_aside: 3 * 1_145 });
  await flushSends();
});

test("processes that reserve and settle in both rows at once never deadlock", async () => {
  const caller = await subscriber();
  const processes = Array.from({ length: 3 }, () => createDb({ url: stack.databaseUrl, poolMax: 3 }));
  const made = await Promise.all(Array.from({ length: 60 }, () => submit(db, queue, caller, before)));
  const jobs = await Promise.all(made.map((id) => claim(db, id)));
  const work = processes.flatMap((one, turn) => [
    ...jobs
      .filter((_, index) => index % 3 === turn)
      .map((job) => completeRequest(one, { job, completion: answer, latencyMs: 1 })),
    ...Array.from({ length: 20 }, () => submit(one, queue, caller, before)),
  ]);
  expect((await Promise.allSettled(work)).filter(({ status }) => status === "rejected")).toEqual([]);
  expect(await counter(caller, start)).toMatchObject({
    used: 60 * ANSWER_TOKENS,
    reserved: 60 * HELLO_TOKENS,
  });
  await flushSends();
  await Promise.all(processes.map((one) => one.$disconnect()));
});
