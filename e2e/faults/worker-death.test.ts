import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { until } from "../../infra/testing/until";
import { auditBooks, untilAllEnded } from "./support/books";
import { loseDeletions } from "./support/sqs-proxy";
import { submitMany } from "./support/submit-many";
import { useInstallation } from "./support/use-installation";

const { stack, processes, sql, customer, messagesLeft } = await useInstallation({ workers: 0 });

it("answers every request although workers are killed in the middle of their calls", async () => {
  const who = await customer();
  const doomed = [await processes.addWorker(), await processes.addWorker()];
  const submitting = submitMany(processes.url, who, {
    count: 200,
    prompt: (n) => `Question ${n} [[sim:slow:1500]] [[nonce:death-${n}]]`,
  });
  for (const worker of doomed) {
    await until(() => stack.simulator.calls().in_flight >= 5);
    await worker.kill();
    await processes.addWorker();
  }
  const { accepted } = await submitting;
  await untilAllEnded(sql, who);
  const books = await auditBooks(sql, who, accepted);
  expect(books).toMatchObject({ completed: 200, failed: 0 });
  expect(books.attempts).toBeGreaterThan(200);
});

it("answers and bills once although the worker dies between its commit and the deletion of its message", async () => {
  const who = await customer();
  const proxy = await loseDeletions(stack.env.SQS_ENDPOINT ?? "");
  const doomed = await processes.addWorker({ SQS_ENDPOINT: proxy.url });
  const { accepted } = await submitMany(processes.url, who, {
    count: 200,
    prompt: (n) => `Question ${n} [[nonce:commit-${n}]]`,
  });
  await until(() => proxy.swallowed() > 25);
  await doomed.kill();
  proxy.stop();
  await processes.addWorker();
  await untilAllEnded(sql, who);
  await until(async () => (await messagesLeft()) === 0);
  expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 200, failed: 0, cancelled: 0 });
});

it("lets one of two workers answer when both get the same message", async () => {
  const who = await customer();
  const { accepted } = await submitMany(processes.url, who, {
    count: 200,
    prompt: (n) => `Question ${n} [[sim:slow:100]] [[nonce:twice-${n}]]`,
  });
  const sqs = new SQSClient({ region: "us-east-1", endpoint: stack.env.SQS_ENDPOINT ?? "" });
  for (const id of accepted.keys()) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: stack.env.SQS_STANDARD_QUEUE_URL,
        MessageBody: JSON.stringify({ request_id: id }),
      }),
    );
  }
  sqs.destroy();
  const patient = { WORKER_LEASE_MS: "30000", PROVIDER_TIMEOUT_MS: "20000" };
  await Promise.all([processes.addWorker(patient), processes.addWorker(patient)]);
  await untilAllEnded(sql, who);
  await until(async () => (await messagesLeft()) === 0);
  expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 200, attempts: 200 });
  const calls = Object.entries(stack.simulator.calls().by_nonce).filter(([nonce]) =>
    nonce.startsWith("twice-"),
  );
  expect(calls.filter(([, count]) => count !== 1)).toEqual([]);
});
