import { randomUUID } from "node:crypto";
import { newId, timeOfId } from "@agathaai/core/platform";
import { closeDb, createDb } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import type { QueueMessage, QueueName } from "@agathaai/core/platform/queue/queue";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { openAccount } from "../../infra/testing/open-account";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { createJobContext } from "./engine/job/job-context";
import { handleBatch } from "./lambda";
import { consumeQueue } from "./queue/consume-queue";

const stack = await useTestStack({ WORKER_LEASE_MS: "5000", WORKER_MAX_ATTEMPTS: "2" });
const context = createJobContext();
const { db, queue } = context;
const account = await openAccount(db, queue, "plus");
const enterprise = await openAccount(db, queue, "enterprise");
const sqs = new SQSClient({ region: env().AWS_REGION, endpoint: stack.env.SQS_ENDPOINT ?? "" });

afterAll(async () => {
  sqs.destroy();
  await queue.close();
  await closeDb();
});

beforeEach(() => stack.simulator.reset());

const sendRaw = (body: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: env().SQS_STANDARD_QUEUE_URL, MessageBody: body }));
const statusOf = async (id: string) =>
  (await db.inferenceRequest.findFirstOrThrow({ where: { id, createdAt: timeOfId(id) } })).status;
const statuses = (ids: string[]) => Promise.all(ids.map(statusOf));

function start(queueName: QueueName, concurrency: number, overrides: Partial<typeof context> = {}) {
  const stop = new AbortController();
  const abort = new AbortController();
  const done = consumeQueue(
    { ...context, ...overrides },
    { queueName, concurrency, stop: stop.signal, abort: abort.signal },
  );
  return { stop: () => stop.abort(), abort: () => abort.abort(), done };
}

describe("the consumer of one queue", () => {
  it("answers good requests beside malformed messages, which are dead-lettered", async () => {
    const before = (await queue.depths()).dead.ready;
    const ids = await Promise.all(
      Array.from({ length: 7 }, (_, n) => account.submit({ prompt: `Question ${n}` })),
    );
    await sendRaw("not json");
    await sendRaw('{"request_id":"nonsense"}');
    await sendRaw(JSON.stringify({ request_id: newId() }));
    const consumer = start("standard", 10);
    await until(async () => (await statuses(ids)).every((status) => status === "completed"));
    await until(async () => (await queue.depths()).dead.ready === before + 3);
    consumer.stop();
    await consumer.done;
    expect((await queue.depths()).standard).toMatchObject({ ready: 0, inFlight: 0 });
  });

  it("holds no more in flight than its concurrency", async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, () => account.submit({ prompt: "Hi [[sim:slow:200]]" })),
    );
    const consumer = start("standard", 4);
    await until(async () => (await statuses(ids)).every((status) => status === "completed"));
    consumer.stop();
    await consumer.done;
    expect(stack.simulator.calls().peak_in_flight).toBe(4);
  });

  it("serves enterprise while standard is full", async () => {
    const crowd = await Promise.all(
      Array.from({ length: 6 }, () => account.submit({ prompt: "Hi [[sim:slow:60000]]" })),
    );
    const standard = start("standard", 2);
    await until(async () => stack.simulator.calls().in_flight === 2);
    const consumer = start("enterprise", 2);
    const id = await enterprise.submit({ prompt: "Hi" });
    await until(async () => (await statusOf(id)) === "completed");
    expect(await statuses(crowd)).toContain("queued");
    standard.stop();
    standard.abort();
    consumer.stop();
    await Promise.all([standard.done, consumer.done]);
    await db.$executeRaw`DELETE FROM inference_requests WHERE id = ANY(${crowd}::uuid[])`;
  });

  it("lets what is in flight finish when it is stopped", async () => {
    const id = await account.submit({ prompt: "Hi [[sim:slow:500]]" });
    const consumer = start("standard", 5);
    await until(async () => (await statusOf(id)) === "processing");
    consumer.stop();
    await consumer.done;
    expect(await statusOf(id)).toBe("completed");
  });

  it("releases what outlasts the grace, and another worker finishes it", async () => {
    const id = await account.submit({ prompt: "Hi [[sim:slow:20000x1:grace]]" });
    const consumer = start("standard", 5);
    // Only the first call is slow: it has to have reached the provider before it is given up.
    await until(async () => stack.simulator.calls().in_flight === 1);
    consumer.stop();
    consumer.abort();
    await consumer.done;
    expect(await statusOf(id)).toBe("queued");
    const next = start("standard", 5);
    await until(async () => (await statusOf(id)) === "completed");
    next.stop();
    await next.done;
  }, 60_000);

  it("goes on after SQS was away", async () => {
    const consumer = start("standard", 5);
    await stack.sqs.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await stack.sqs.start();
    const id = await account.submit({ prompt: "Hi" });
    await until(async () => (await statusOf(id)) === "completed");
    consumer.stop();
    await consumer.done;
  });

  it("leaves messages in the queue while the database is away", async () => {
    const id = await account.submit({ prompt: "Hi" });
    const dead = createDb({ url: "postgresql://nobody:nothing@127.0.0.1:1/none", poolMax: 1 });
    const broken = start("standard", 5, { db: dead, leaseMs: 1_000 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    broken.stop();
    await broken.done;
    await dead.$disconnect();
    expect(await statusOf(id)).toBe("queued");
    const consumer = start("standard", 5);
    await until(async () => (await statusOf(id)) === "completed");
    consumer.stop();
    await consumer.done;
  });
});

describe("the Lambda handler", () => {
  const record = (message: QueueMessage) => ({
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: { ApproximateReceiveCount: String(message.receiveCount) },
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${env().SQS_STANDARD_QUEUE_URL.split("/").at(-1)}`,
  });
  const handle = (Records: unknown[], remainingMs = 60_000) =>
    handleBatch(context, {
      event: { Records },
      enterpriseQueueUrl: env().SQS_ENTERPRISE_QUEUE_URL,
      remainingMs,
    });

  async function receiveAll(count: number): Promise<QueueMessage[]> {
    const messages: QueueMessage[] = [];
    await until(async () => {
      messages.push(...(await queue.receive("standard", { max: 10, waitSeconds: 1, visibilitySeconds: 60 })));
      return messages.length >= count;
    });
    return messages;
  }

  it("reports only the messages of a batch that must be delivered again", async () => {
    const [good, retry] = [
      await account.submit({ prompt: "Hi" }),
      await account.submit({ prompt: "Hi [[sim:503]]" }),
    ];
    await sendRaw("poison");
    const messages = await receiveAll(3);
    const { batchItemFailures } = await handle(messages.map(record));
    const kept = messages.find(({ body }) => body.includes(retry));
    expect(batchItemFailures).toEqual([{ itemIdentifier: kept?.id }]);
    expect(await statusOf(good)).toBe("completed");
    expect(await statusOf(retry)).toBe("queued");
    await db.$executeRaw`DELETE FROM inference_requests WHERE id = ${retry}::uuid`;
  });

  it("releases requests before the function's own time-out", async () => {
    const id = await account.submit({ prompt: "Hi [[sim:slow:20000]]" });
    const messages = (await receiveAll(1)).filter(({ body }) => body.includes(id));
    const { batchItemFailures } = await handle(messages.map(record), 5_800);
    expect(batchItemFailures).toHaveLength(1);
    expect(await statusOf(id)).toBe("queued");
  });

  it("answers a batch of nothing while its database answers, and fails while it does not", async () => {
    expect(await handle([])).toEqual({ batchItemFailures: [] });
    const away = createDb({ url: "postgresql://nobody@127.0.0.1:1/nothing", poolMax: 1 });
    await expect(
      handleBatch(
        { ...context, db: away },
        { event: { Records: [] }, enterpriseQueueUrl: env().SQS_ENTERPRISE_QUEUE_URL, remainingMs: 60_000 },
      ),
    ).rejects.toThrow();
    await away.$disconnect();
  });

  it("reports the whole batch when the event is not an SQS event", async () => {
    await expect(handle([{ messageId: randomUUID() }])).rejects.toThrow();
  });
});

async function until(condition: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await condition()); ) {
    if (Date.now() > deadline) throw new Error(`it did not happen within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
