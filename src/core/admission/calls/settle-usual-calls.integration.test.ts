import { afterAll, beforeAll, expect, test } from "vitest";
import { Connection } from "../commit/connection";
import { amounts as amountsOf, callOf, makeCaller } from "../testing/calls";
import { warmUp } from "../testing/leases";
import { db, first, many, url } from "../testing/three-processes";
import type { CallEnd } from "./call";
import { Settlements } from "./settle-call";

const connection = new Connection({ url, name: "settling" });
const settlements = new Settlements(connection);
const caller = await makeCaller(db);
beforeAll(() => warmUp([first], caller));
afterAll(() => connection.close());

const amounts = { ...amountsOf(40, 20, 250), latencyMs: 123.4, cachedInputTokens: 8, reasoningTokens: 3 };
const attempts = [{ model: "gpt-4o", provider: "openai", outcome: "completed", ms: 120, note: 'odd "\\' }];
const usual: CallEnd = {
  status: "completed",
  amounts,
  provider: "openai",
  upstreamModel: "gpt-4o-2024-08-06",
  firstByteMs: 99,
  finishReason: "stop",
  attempts,
};

const ends: [string, CallEnd][] = [
  ["usual", usual],
  ["usual and bare", { status: "completed", amounts }],
  ["failed", { status: "failed", attempts }],
  ["cancelled", { ...usual, status: "cancelled" }],
  ["completed without usage", { ...usual, amounts: undefined }],
  ["estimated", { ...usual, estimated: true }],
  ["answered by another provider", { ...usual, provider: "deepseek" }],
  ["priced as another model", { ...usual, amounts: { ...amounts, priceVersion: "gpt-4o-mini@2024-07-18" } }],
  ["written to a cache", { ...usual, amounts: { ...amounts, cacheWriteTokens: 2 } }],
  ["written to a long cache", { ...usual, amounts: { ...amounts, longCacheWriteTokens: 2 } }],
  ["served slowly", { ...usual, amounts: { ...amounts, serviceTier: "flex" } }],
  ["billed as a long request", { ...usual, amounts: { ...amounts, longContext: true } }],
  ["served in a region", { ...usual, amounts: { ...amounts, regional: true } }],
  ["with numbers that cannot be true", { ...usual, amounts: { ...amounts, defect: "total" } }],
  ["paid by their own key", { ...usual, ownKey: true, amounts: { ...amounts, providerMicros: 9n } }],
  ["answered by the cache", { ...usual, cacheAgeSeconds: 5, amounts: { ...amounts, costMicros: 0n } }],
];

async function rowOf(end: CallEnd, isKnown: boolean) {
  const call = callOf(caller, { environment: "test" });
  await (await first.admit(call)).opened;
  const settled = await settlements.add(call.id, end, {
    leased: true,
    call: isKnown ? call : undefined,
  });
  const row = await db.usageLedger.findFirstOrThrow({ where: { requestId: call.id } });
  const { requestId: _, createdAt, settledAt, settledXid, latencyMs, ...rest } = row;
  expect(settledAt >= createdAt).toBe(true);
  expect(settledXid).toBeGreaterThan(0n);
  return { settled, ...rest, ...(end.amounts !== undefined && { latencyMs }) };
}

test.each(ends)(
  "a call that was %s leaves the same ledger row by the short statement's way",
  async (_, end) => {
    expect(await rowOf(end, true)).toEqual(await rowOf(end, false));
  },
);

test.each([
  ["live", 250n],
  ["test", 0n],
] as const)("a usual call is said to have cost what its row says: %s", async (environment, micros) => {
  const call = callOf(caller, { environment });
  const admitted = await first.admit(call);
  expect(admitted.leased).toBe(true);
  expect(await admitted.settle(usual)).toEqual({ billedMicros: micros });
  const row = await db.usageLedger.findFirstOrThrow({ where: { requestId: call.id } });
  expect([row.costMicros, row.inputTokens, row.outputTokens]).toEqual([micros, 40n, 20n]);
});

test("of a group of usual calls those that somebody else has closed are told so, and no other", async () => {
  const calls = many(5, () => callOf(caller, { environment: "test" }));
  for (const call of calls) await (await first.admit(call)).opened;
  const [, closed, , closedToo] = calls;
  const settle = (call: (typeof calls)[number] | undefined) =>
    call && settlements.add(call.id, usual, { leased: true, call });
  await Promise.all([settle(closed), settle(closedToo)]);
  expect((await Promise.all(calls.map(settle))).map((settled) => settled !== null)).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(await db.usageLedger.count({ where: { requestId: { in: calls.map(({ id }) => id) } } })).toBe(5);
});
