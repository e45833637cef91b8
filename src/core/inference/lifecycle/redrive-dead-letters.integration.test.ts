import { afterAll, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { timeOfId } from "../../platform";
import { closeDb, db } from "../../platform/db/client";
import { queue } from "../../platform/queue/queue";
import { flushSends } from "../submit/enqueue-request";
import { makeCaller, submit } from "../testing/world";
import { redriveDeadLetters } from "./redrive-dead-letters";

await useTestStack();

afterAll(async () => {
  await queue().close();
  await closeDb();
});

it("redriving resends requests that still wait, removes ended ones and leaves foreign messages; repeating it changes nothing", async () => {
  const principal = await makeCaller(db());
  const [waiting, ended] = [await submit(db(), queue(), principal), await submit(db(), queue(), principal)];
  await flushSends();
  await db().$executeRaw`
    UPDATE inference_requests SET status = 'cancelled', completed_at = now() WHERE id = ${ended}::uuid`;
  // Both die: their messages leave the queue for the dead letters, one of them twice.
  const lost = await queue().receive("standard", { max: 10, waitSeconds: 5, visibilitySeconds: 30 });
  expect(lost.length).toBeGreaterThanOrEqual(1);
  for (const message of lost) await queue().deadLetter(message, "attempts exhausted");
  const body = (id: string) => JSON.stringify({ request_id: id });
  const known = lost.map((message) => message.body);
  for (const id of [waiting, ended].filter((id) => !known.includes(body(id)))) {
    const [late] = await queue().receive("standard", { max: 10, waitSeconds: 5, visibilitySeconds: 30 });
    if (late === undefined) throw new Error(`the message of ${id} is lost`);
    await queue().deadLetter(late, "attempts exhausted");
  }
  await queue().deadLetter({ body: body(waiting) }, "twice");
  await queue().deadLetter({ body: "not ours" }, "unreadable message");
  const row = () =>
    db().inferenceRequest.findUniqueOrThrow({
      where: { id_createdAt: { id: waiting, createdAt: timeOfId(waiting) } },
    });
  const before = await row();

  expect(await redriveDeadLetters(db(), queue())).toEqual({ returned: 2, ended: 1, unreadable: 1 });
  expect(await redriveDeadLetters(db(), queue())).toEqual({ returned: 0, ended: 0, unreadable: 0 });
  expect(await row()).toEqual(before);
  const back = await queue().receive("standard", { max: 10, waitSeconds: 5, visibilitySeconds: 1 });
  expect(new Set(back.map((message) => message.body))).toEqual(new Set([body(waiting)]));
  const { dead } = await queue().depths();
  expect(dead.ready + dead.inFlight).toBe(1);
});
