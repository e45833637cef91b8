import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestStack, useTestStack } from "../../../../infra/testing/use-test-stack";
import { newId } from "../ids";
import { createQueue, parseInferenceMessage, type Queue, type QueueMessage } from "./queue";

let stack: TestStack;
let lanes: Queue;

beforeAll(async () => {
  stack = await useTestStack();
  lanes = createQueue({
    region: stack.env.AWS_REGION ?? "",
    endpoint: stack.env.SQS_ENDPOINT,
    standardUrl: stack.env.SQS_STANDARD_QUEUE_URL ?? "",
    enterpriseUrl: stack.env.SQS_ENTERPRISE_QUEUE_URL ?? "",
    deadLetterUrl: stack.env.SQS_DEAD_LETTER_QUEUE_URL ?? "",
  });
});

afterAll(() => lanes.close());

beforeEach(async () => {
  for (const lane of ["standard", "enterprise"] as const) {
    for (let batch = await take(lane); batch.length > 0; batch = await take(lane)) {
      await Promise.all(batch.map((message) => lanes.remove(message)));
    }
  }
});

const take = (lane: "standard" | "enterprise", waitSeconds = 0): Promise<QueueMessage[]> =>
  lanes.receive(lane, { max: 10, waitSeconds, visibilitySeconds: 30 });

describe("queue", () => {
  it("delivers each of many concurrent sends exactly once, in its own lane", async () => {
    const ids = { standard: Array.from({ length: 40 }, () => newId()), enterprise: [newId(), newId()] };
    await Promise.all([
      ...ids.standard.map((requestId) => lanes.send("standard", { requestId, traceId: "trace" })),
      ...ids.enterprise.map((requestId) => lanes.send("enterprise", { requestId })),
    ]);
    const received: Record<string, string[]> = { standard: [], enterprise: [] };
    for (const lane of ["standard", "enterprise"] as const) {
      for (let batch = await take(lane); batch.length > 0; batch = await take(lane)) {
        for (const message of batch) {
          expect(message.lane).toBe(lane);
          received[lane]?.push(parseInferenceMessage(message.body)?.requestId ?? "poison");
        }
      }
    }
    expect(received.standard?.sort()).toEqual(ids.standard.sort());
    expect(received.enterprise?.sort()).toEqual(ids.enterprise.sort());
  });

  it("hides a message while it is worked, hands it back at once when told to, and counts the deliveries", async () => {
    await lanes.send("standard", { requestId: newId() });
    const [first] = await take("standard", 1);
    if (first === undefined) throw new Error("no message");
    expect(first.receiveCount).toBe(1);
    expect(await take("standard")).toEqual([]);
    await lanes.extend(first, 0);
    const [second] = await take("standard", 1);
    expect(second).toMatchObject({ id: first.id, receiveCount: 2 });
  });

  it("keeps a delayed message back", async () => {
    await lanes.send("standard", { requestId: newId(), delaySeconds: 1 });
    expect(await take("standard")).toEqual([]);
    expect(await take("standard", 3)).toHaveLength(1);
  });

  it("puts poison aside with a reason and takes it out of its lane", async () => {
    await lanes.send("standard", { requestId: newId() });
    const [message] = await take("standard", 1);
    if (message === undefined) throw new Error("no message");
    const before = await lanes.depths();
    await lanes.deadLetter(message, "not\nours \u0000 at all");
    await lanes.deadLetter({ body: "" }, "");
    const after = await lanes.depths();
    expect(after.dead.ready - before.dead.ready).toBe(2);
    expect(before.standard.inFlight - after.standard.inFlight).toBe(1);
    expect(after.standard.ready).toBe(0);
  });

  it("ends a long poll at once when its signal fires", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const started = performance.now();
    const messages = await lanes.receive("enterprise", {
      max: 10,
      waitSeconds: 20,
      visibilitySeconds: 30,
      signal: stop.signal,
    });
    expect(messages).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(
      await lanes.receive("enterprise", {
        max: 1,
        waitSeconds: 20,
        visibilitySeconds: 30,
        signal: stop.signal,
      }),
    ).toEqual([]);
  });

  it.each(["stop", "hang"] as const)(
    "says within three seconds that SQS is gone (%s), and works again after",
    async (how) => {
      await stack.sqs[how]();
      try {
        const started = performance.now();
        const sends = await Promise.allSettled(
          Array.from({ length: 60 }, () => lanes.send("standard", { requestId: newId() })),
        );
        expect(performance.now() - started).toBeLessThan(3_500);
        for (const send of sends) {
          expect(send).toMatchObject({ status: "rejected", reason: { code: "service_unavailable" } });
        }
      } finally {
        await stack.sqs.start();
      }
      await expect(lanes.send("standard", { requestId: newId() })).resolves.toBeUndefined();
    },
  );
});
