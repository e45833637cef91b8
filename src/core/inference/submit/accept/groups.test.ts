import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { findModel } from "../../../models";
import { type Db, newId, timeOfId } from "../../../platform";
import { Groups } from "./groups";
import type { Acceptance, InsertOutcome, InsertRequests } from "./insert-requests";

const [id, orgId] = [newId(), newId()];
const acceptance: Acceptance = {
  principal: {
    kind: "key",
    orgId,
    plan: "pro",
    requestsPerMinute: 100,
    environment: "live",
    models: [],
    apiKeyId: orgId,
    spendId: orgId,
    userId: null,
    rpmLimit: null,
    scopes: new Set(),
  },
  reserve: () => undefined,
  request: {
    id,
    createdAt: timeOfId(id),
    orgId,
    userId: null,
    apiKeyId: orgId,
    spendId: orgId,
    plan: "pro",
    environment: "live",
    queueName: "standard",
    model: findModel("gpt-4o", timeOfId(id)),
    inputCipher: new Uint8Array(10),
    metadata: undefined,
    parameters: {},
    traceId: "trace",
    maxOutputTokens: 10,
    tokens: 20,
    costMicros: 1n,
    ownKeyOnly: false,
    ownKeyFeePercent: 0,
    maxAttempts: 5,
  },
};

/** Statements that end when they are told to; the sizes of their groups. */
function statements() {
  const sizes: number[] = [];
  const ends: (() => void)[] = [];
  const insert: InsertRequests = (_, group) => {
    sizes.push(group.length);
    const accepted = group.map((): InsertOutcome => ({ outcome: "accepted" }));
    return new Promise((resolve) => ends.push(() => resolve(accepted)));
  };
  const groups = new Groups({} as Db, insert);
  const add = (count: number) => Array.from({ length: count }, () => groups.add(acceptance));
  return { sizes, ends, add };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test("requests of one turn of the event loop share a statement, and a few that come later wait for its end", async () => {
  const { sizes, ends, add } = statements();
  const first = add(3);
  await nextTurn();
  const later = add(5);
  await nextTurn();
  expect(sizes).toEqual([3]);
  ends[0]?.();
  await Promise.all(first);
  await nextTurn();
  expect(sizes).toEqual([3, 5]);
  ends[1]?.();
  await Promise.all(later);
});

test("a second statement starts for many that wait, a third does not", async () => {
  const { sizes, ends, add } = statements();
  const all = add(1);
  await nextTurn();
  all.push(...add(8));
  await nextTurn();
  all.push(...add(20));
  await nextTurn();
  expect(sizes).toEqual([1, 8]);
  ends[1]?.();
  await Promise.all(all.slice(1, 9));
  await nextTurn();
  expect(sizes).toEqual([1, 8, 20]);
  for (const end of ends) end();
  await Promise.all(all);
});

test("a statement that is held up holds up nobody else for long", async () => {
  const { sizes, ends, add } = statements();
  const held = add(1);
  await nextTurn();
  const other = add(1);
  await sleep(60);
  expect(sizes).toEqual([1, 1]);
  ends[1]?.();
  await Promise.all(other);
  ends[0]?.();
  await Promise.all(held);
});
