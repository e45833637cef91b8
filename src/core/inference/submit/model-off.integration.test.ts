import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { forgetModelSwitches } from "../../models";
import { newId, toPublicId } from "../../platform";
import { closeDb, db as openDb } from "../../platform/db/client";
import { completeRequest } from "../lifecycle/complete-request";
import { answer, claim, hello, makeCaller, quotaOf, RecordingQueue, submit } from "../testing/world";

await useTestStack();
const db = openDb();
const queue = new RecordingQueue();

afterAll(closeDb);

/** As another process does it: this one has to notice by itself. */
async function turn(off: boolean): Promise<void> {
  const switched = { off, reason: "Its provider is down", changedBy: newId(), changedAt: new Date() };
  await db.modelSwitch.upsert({
    where: { modelId: hello.model },
    create: { modelId: hello.model, ...switched },
    update: switched,
  });
}

test("a model switched off elsewhere is refused within five seconds, before anything is written, and on again", async () => {
  const principal = await makeCaller(db);
  await submit(db, queue, principal);
  const before = await quotaOf(db, principal.orgId);
  await turn(true);
  await sleep(5_000);
  await expect(submit(db, queue, principal)).rejects.toMatchObject({ code: "model_unavailable" });
  expect(await quotaOf(db, principal.orgId)).toEqual(before);
  await turn(false);
  await sleep(5_000);
  await submit(db, queue, principal);
});

test("a request accepted before the switch goes on, and its repetition still gets the first response", async () => {
  const principal = await makeCaller(db);
  const id = await submit(db, queue, principal, { idempotencyKey: "once" });
  await turn(true);
  forgetModelSwitches();
  const again = await submit(db, queue, principal, { idempotencyKey: "once" });
  expect(toPublicId("inf", again)).toBe(toPublicId("inf", id));
  await expect(submit(db, queue, principal, { idempotencyKey: "another" })).rejects.toMatchObject({
    code: "model_unavailable",
  });
  const job = await claim(db, id);
  expect(await completeRequest(db, { job, completion: answer, latencyMs: 1 })).toMatchObject({
    settled: true,
  });
  await turn(false);
  forgetModelSwitches();
});
