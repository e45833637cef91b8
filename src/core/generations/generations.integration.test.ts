import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { keyPrincipal } from "../../../infra/testing/key-principal";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { Admission, type CallToAdmit, recoverCalls } from "../admission";
import { hashRequest } from "../inference";
import { type KeyPrincipal, newId } from "../platform";
import { createDb } from "../platform/db/client";
import { pulse } from "../platform/db/pulse";
import { createDataKey } from "../privacy";
import {
  appendPart,
  endGeneration,
  type NewGeneration,
  openGeneration,
  readGeneration,
  readParts,
  releaseGeneration,
} from "./index";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 10 });
const url = stack.env.DATABASE_URL ?? "";
const admission = new Admission(db, { url });
await admission.start();
afterAll(async () => {
  await admission.close();
  await db.$disconnect();
});

async function newCaller(): Promise<KeyPrincipal> {
  const orgId = newId();
  await createDataKey(db, { type: "org", id: orgId });
  return keyPrincipal({ orgId, requestsPerMinute: 1_000_000, scopes: new Set(["inference:write"]) });
}

function callOf(principal: KeyPrincipal): CallToAdmit {
  return {
    id: newId(),
    principal,
    environment: "live",
    endpoint: "/v1/chat/completions",
    model: {
      id: "gpt-4o",
      provider: "openai",
      upstreamModel: "gpt-4o-2024-08-06",
      priceVersion: "gpt-4o@2024-10-01",
    },
    tokens: 100,
    costMicros: 1_000n,
  };
}

async function generationOf(
  { orgId }: KeyPrincipal,
  { id = newId(), body = "hello", key = "k", processId = admission.processId } = {},
): Promise<NewGeneration> {
  const { requestHash } = await hashRequest(db, orgId, body);
  return {
    id,
    orgId,
    environment: "live",
    endpoint: "/v1/chat/completions",
    model: "gpt-4o",
    streamed: true,
    includeUsage: false,
    resumable: true,
    processId,
    lifetimeMs: 86_400_000,
    stored: undefined,
    claim: { operation: "gateway:live", key, requestHash },
  };
}

const keyOf = ({ id, orgId }: NewGeneration) => ({ orgId, environment: "live" as const, generationId: id });

/** A process that has died: its row is gone once recovery has run. */
async function deadProcess(): Promise<string> {
  const id = newId();
  const past = new Date(Date.now() - 60_000);
  await db.admissionProcess.create({ data: { id, startedAt: past, expiresAt: past } });
  return id;
}

test("of fifty simultaneous calls with one Idempotency-Key one runs, and the others are told that it is in flight", async () => {
  const caller = await newCaller();
  const asked = await Promise.all(Array.from({ length: 50 }, () => generationOf(caller)));
  const results = await Promise.allSettled(asked.map((one) => openGeneration(db, one)));
  const opened = results.filter(({ status }) => status === "fulfilled");
  const codes = results.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
  expect(opened).toHaveLength(1);
  expect(new Set(codes)).toEqual(new Set(["idempotency_in_flight"]));
});

test("a key whose process died before its call was opened is held until recovery, and then taken by one of fifty", async () => {
  const caller = await newCaller();
  const processId = await deadProcess();
  const cut = await generationOf(caller, { processId });
  await openGeneration(db, cut);
  await expect(openGeneration(db, await generationOf(caller))).rejects.toMatchObject({
    code: "idempotency_in_flight",
  });
  await db.admissionProcess.delete({ where: { id: processId } });
  expect(await readGeneration(db, keyOf(cut))).toMatchObject({ status: "failed", final: false });
  const asked = await Promise.all(Array.from({ length: 50 }, () => generationOf(caller)));
  const results = await Promise.allSettled(asked.map((one) => openGeneration(db, one)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a key of an open call is held though its process is gone, until the call is closed", async () => {
  const caller = await newCaller();
  const call = callOf(caller);
  const cut = await generationOf(caller, { id: call.id });
  await openGeneration(db, cut);
  await admission.admit(call);
  await db.openCall.update({ where: { id: call.id }, data: { processId: newId() } });
  await db.generation.update({ where: { id: call.id }, data: { processId: newId() } });
  await expect(openGeneration(db, await generationOf(caller))).rejects.toMatchObject({
    code: "idempotency_in_flight",
  });
  await recoverCalls(db);
  expect(await readGeneration(db, keyOf(cut))).toMatchObject({ status: "failed", final: false });
  expect(await openGeneration(db, await generationOf(caller))).toBeUndefined();
});

/** Busy enough for its process to hold a lease of its budget. */
async function untilLeased(caller: KeyPrincipal): Promise<void> {
  await until(async () => {
    const calls = await Promise.all(Array.from({ length: 10 }, () => admission.admit(callOf(caller))));
    await Promise.all(calls.map((call) => call.settle({ status: "cancelled" })));
    return (
      (await db.budgetLease.count({ where: { orgId: caller.orgId, processId: admission.processId } })) > 0
    );
  }, 10_000);
}

test.each([
  ["directly", "live", false],
  ["under a lease", "live", true],
  ["in a test environment", "test", true],
] as const)(
  "a process that stood still between taking a key and opening its call opens nothing %s: another has the key",
  async (_how, environment, leased) => {
    const caller = await newCaller();
    const call = { ...callOf(caller), environment };
    const stalled = await generationOf(caller, { id: call.id });
    await openGeneration(db, stalled);
    // It stands still for as long as it takes to be taken for dead, and its key to be taken over. Then it goes on.
    await db.admissionProcess.delete({ where: { id: stalled.processId } });
    const other = new Admission(db, { url });
    await other.start();
    try {
      const next = { ...callOf(caller), keptBy: other.processId };
      await openGeneration(db, await generationOf(caller, { id: next.id, processId: other.processId }));
      const answered = await other.admit(next);
      await answered.opened;
      if (leased) await untilLeased(caller);
      const late = admission.admit({ ...call, keptBy: stalled.processId });
      if (leased) expect(await late).toMatchObject({ leased });
      await expect(late.then(({ opened }) => opened)).rejects.toMatchObject({
        code: "service_unavailable",
        retryAfterSeconds: 1,
      });
      await answered.settle({ status: "completed" });
      expect(await db.usageLedger.count({ where: { requestId: { in: [call.id, next.id] } } })).toBe(1);
      expect(await db.openCall.count({ where: { orgId: caller.orgId } })).toBe(0);
      expect(await openGeneration(db, await generationOf(caller))).toMatchObject({ id: next.id });
    } finally {
      await other.close();
    }
  },
);

test("a call that waited too long to be opened opens nothing: its key may be another's, though its process lives", async () => {
  const caller = await newCaller();
  const elevenMinutesAgo = newId(new Date(Date.now() - 11 * 60_000));
  const call = { ...callOf(caller), id: elevenMinutesAgo, keptBy: admission.processId };
  await expect(admission.admit(call)).rejects.toMatchObject({ code: "service_unavailable" });
  const unkept = await admission.admit({ ...call, keptBy: undefined });
  await unkept.settle({ status: "cancelled" });
});

test("an answer counts once its call is settled: billed, it is what the key returns; canceled at no cost, the key is free", async () => {
  const caller = await newCaller();
  const call = callOf(caller);
  const first = await generationOf(caller, { id: call.id });
  await openGeneration(db, first);
  const admitted = await admission.admit(call);
  await appendPart(db, first, { firstEvent: 1, events: 2, text: "data: a\n\ndata: b\n\n" });
  const end = {
    rest: { firstEvent: 3, events: 1, text: "data: c\n\n" },
    headers: { "x-agatha-model": "gpt-4o" },
    usage: { total_tokens: 3, prompt_tokens: 1 },
    error: undefined,
    tooLong: false,
    claim: first.claim,
  };
  await endGeneration(db, first, end);
  await endGeneration(db, first, end);
  await expect(openGeneration(db, await generationOf(caller))).rejects.toMatchObject({
    code: "idempotency_in_flight",
  });
  await admitted.settle({ status: "completed" });
  const earlier = await openGeneration(db, await generationOf(caller));
  expect(earlier).toMatchObject({ id: first.id, status: "completed", kept: true, usage: end.usage });
  expect((await readParts(db, { ...first, after: 2 })).map(({ text }) => text)).toEqual(["data: c\n\n"]);
  await expect(openGeneration(db, await generationOf(caller, { body: "other" }))).rejects.toMatchObject({
    code: "idempotency_mismatch",
  });

  const left = callOf(caller);
  const second = await generationOf(caller, { id: left.id, key: "l" });
  await openGeneration(db, second);
  await (await admission.admit(left)).settle({ status: "cancelled" });
  expect(await openGeneration(db, await generationOf(caller, { key: "l" }))).toBeUndefined();
});

test("a stored part that is moved to another position or another call does not decrypt", async () => {
  const caller = await newCaller();
  const one = await generationOf(caller, { key: "one" });
  await openGeneration(db, one);
  await appendPart(db, one, { firstEvent: 1, events: 1, text: "data: a\n\n" });
  await db.generationPart.updateMany({ where: { generationId: one.id }, data: { firstEvent: 2 } });
  await expect(readParts(db, { ...one, after: 0 })).rejects.toMatchObject({ code: "internal_error" });
});

test("a released key leaves nothing stored, and another organization finds nothing", async () => {
  const [caller, stranger] = [await newCaller(), await newCaller()];
  const one = await generationOf(caller);
  await openGeneration(db, one);
  expect(await readGeneration(db, { ...keyOf(one), orgId: stranger.orgId })).toBeUndefined();
  expect(await readGeneration(db, { ...keyOf(one), environment: "test" })).toBeUndefined();
  expect(await readGeneration(db, keyOf(one))).toMatchObject({ status: "processing" });
  await releaseGeneration(db, one);
  expect(await readGeneration(db, keyOf(one))).toBeUndefined();
  expect(await openGeneration(db, await generationOf(caller))).toBeUndefined();
});

test("a key that was taken after its caller had been told that PostgreSQL hangs is free for the next try", async () => {
  const caller = await newCaller();
  const [late, next] = [await generationOf(caller), await generationOf(caller)];
  pulse().listen(() => sleep(600));
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE generations IN SHARE MODE`;
    await expect(openGeneration(db, late)).rejects.toMatchObject({ code: "service_unavailable" });
  });
  pulse().listen(async () => undefined);
  await until(() =>
    openGeneration(db, next).then(
      (earlier) => earlier === undefined,
      () => false,
    ),
  );
  expect(await readGeneration(db, keyOf(late))).toBeUndefined();
});
