import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestStack, useTestStack } from "../../../../infra/testing/use-test-stack";
import { newId } from "../ids/ids";
import { createQueue, parseInferenceMessage, type Queue, type QueueMessage } from "./queue";

let stack: TestStack;
let queue: Queue;

beforeAll(async () => {
  stack = await useTestStack();
  queue = createQueue({
    region: stack.env.AWS_REGION ?? "",
    endpoint: stack.env.SQS_ENDPOINT,
    standardUrl: stack.env.SQS_STANDARD_QUEUE_URL ?? "",
    enterpriseUrl: stack.env.SQS_ENTERPRISE_QUEUE_URL ?? "",
    deadLetterUrl: stack.env.SQS_DEAD_LETTER_QUEUE_URL ?? "",
  });
});

afterAll(() => queue.close());

beforeEach(async () => {
  for (const name of ["standard", "enterprise"] as const) {
    for (let batch = await take(name); batch.length > 0; batch = await take(name)) {
      await Promise.all(batch.map((message) => queue.remove(message)));
    }
  }
});

const take = (name: "standard" | "enterprise", waitSeconds = 0): Promise<QueueMessage[]> =>
  queue.receive(name, { max: 10, waitSeconds, visibilitySeconds: 30 });

describe("queue", () => {
  it("delivers each of many concurrent sends exactly once, in its own queue", async () => {
    const ids = { standard: Array.from({ length: 40 }, () => newId()), enterprise: [newId(), newId()] };
    await Promise.all([
      ...ids.standard.map((requestId) => queue.send("standard", { requestId, traceId: "trace" })),
      ...ids.enterprise.map((requestId) => queue.send("enterprise", { requestId })),
    ]);
    const received: Record<string, string[]> = { standard: [], enterprise: [] };
    for (const name of ["standard", "enterprise"] as const) {
      for (let batch = await take(name); batch.length > 0; batch = await take(name)) {
        for (const message of batch) {
          expect(message.queueName).toBe(name);
          received[name]?.push(parseInferenceMessage(message.body)?.requestId ?? "poison");
        }
      }
    }
    expect(received.standard?.sort()).toEqual(ids.standard.sort());
    expect(received.enterprise?.sort()).toEqual(ids.enterprise.sort());
  });

  it("hides a message while it is worked, hands it back at once when told to, and counts the deliveries", async () => {
    await queue.send("standard", { requestId: newId() });
    const [first] = await take("standard", 1);
    if (first === undefined) throw new Error("no message");
    expect(first.receiveCount).toBe(1);
    expect(await take("standard")).toEqual([]);
    await queue.extend(first, 0);
    const [second] = await take("standard", 1);
    expect(second).toMatchObject({ id: first.id, receiveCount: 2 });
  });

  it("keeps a delayed message back", async () => {
    await queue.send("standard", { requestId: newId(), delaySeconds: 1 });
    expect(await take("standard")).toEqual([]);
    expect(await take("standard", 3)).toHaveLength(1);
  });

  it("moves an unreadable message to the dead-letter queue with a reason and takes it out of its queue", async () => {
    await queue.send("standard", { requestId: newId() });
    const [message] = await take("standard", 1);
    if (message === undefined) throw new Error("no message");
    const before = await queue.depths();
    await queue.deadLetter(message, "not\nours \u0000 at all");
    await queue.deadLetter({ body: "" }, "");
    const after = await queue.depths();
    expect(after.dead.ready - before.dead.ready).toBe(2);
    expect(before.standard.inFlight - after.standard.inFlight).toBe(1);
    expect(after.standard.ready).toBe(0);
  });

  it("ends a long poll at once when it is aborted", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const started = performance.now();
    const messages = await queue.receive("enterprise", {
      max: 10,
      waitSeconds: 20,
      visibilitySeconds: 30,
      signal: stop.signal,
    });
    expect(messages).toEqual([]);
    // Before the wait that it asked for was over.
    expect(performance.now() - started).toBeLessThan(19_000);
    expect(
      await queue.receive("enterprise", {
        max: 1,
        waitSeconds: 20,
        visibilitySeconds: 30,
        signal: stop.signal,
      }),
    ).toEqual([]);
  });

  it.each(["stop", "hang"] as const)(
    "says of itself that SQS is gone (%s), and works again after",
    async (how) => {
      await stack.sqs[how]();
      try {
        const sends = await Promise.allSettled(
          Array.from({ length: 60 }, () => queue.send("standard", { requestId: newId() })),
        );
        for (const send of sends) {
          expect(send).toMatchObject({ status: "rejected", reason: { code: "service_unavailable" } });
        }
      } finally {
        await stack.sqs.start();
      }
      await expect(queue.send("standard", { requestId: newId() })).resolves.toBeUndefined();
    },
  );
});
