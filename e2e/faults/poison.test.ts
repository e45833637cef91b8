import { randomUUID } from "node:crypto";
import { newId } from "@agathaai/core/platform";
import { queue } from "@agathaai/core/platform/queue/queue";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, expect, it } from "vitest";
import { until } from "../../infra/testing/until";
import { auditBooks, untilAllEnded } from "./support/books";
import { submitMany } from "./support/submit-many";
import { useInstallation } from "./support/use-installation";

const { stack, processes, sql, customer, messagesLeft } = await useInstallation({ workers: 0 });
const sqs = new SQSClient({ region: "us-east-1", endpoint: stack.env.SQS_ENDPOINT ?? "" });

afterAll(() => sqs.destroy());

const poisons = [
  () => "not json",
  () => '{"request_id":"nonsense"}',
  () => JSON.stringify({ request_id: newId() }),
  () => JSON.stringify({ request_id: randomUUID() }),
  () => "[".repeat(200_000 / 5),
];

it("malformed messages are dead-lettered, and every request in their batch is answered", async () => {
  const who = await customer();
  let sent = 0;
  const poison = async () => {
    const Entries = poisons.map((body, index) => ({ Id: String(index), MessageBody: body() }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: stack.env.SQS_STANDARD_QUEUE_URL, Entries }));
    sent += Entries.length;
  };
  const accepted = new Map<string, string>();
  for (let round = 0; round < 40; round++) {
    const some = await submitMany(processes.url, who, {
      count: 5,
      prompt: (n) => `Question ${round}.${n} [[nonce:poison-${round}-${n}]]`,
    });
    for (const [id, prompt] of some.accepted) accepted.set(id, prompt);
    await poison();
  }
  expect(accepted.size).toBe(200);
  await processes.addWorker({
    WORKER_CONCURRENCY: "10",
    WORKER_LEASE_MS: "30000",
    PROVIDER_TIMEOUT_MS: "20000",
  });
  await untilAllEnded(sql, who);
  await expect.poll(async () => (await queue().depths()).dead.ready, { timeout: 30_000 }).toBe(sent);
  await until(async () => (await messagesLeft()) === 0);
  expect(await auditBooks(sql, who, accepted)).toEqual({
    completed: 200,
    failed: 0,
    cancelled: 0,
    attempts: 200,
  });
});
