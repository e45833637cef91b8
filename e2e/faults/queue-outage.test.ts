import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { until } from "../../infra/testing/until";
import { auditBooks, untilAllEnded } from "./support/books";
import { submitMany } from "./support/submit-many";
import { useInstallation } from "./support/use-installation";

const { stack, processes, sql, customer } = await useInstallation({ workers: 1 });

afterEach(() => stack.sqs.start());

it("requests are accepted while SQS is down, and answered once it is back", async () => {
  const who = await customer();
  await stack.sqs.stop();
  const { accepted, refused } = await submitMany(processes.url, who, {
    count: 200,
    prompt: (n) => `Question ${n}`,
  });
  expect({ accepted: accepted.size, refused }).toEqual({ accepted: 200, refused: 0 });
  await stack.sqs.start();
  await untilAllEnded(sql, who);
  expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 200 });
});

it("requests are accepted while SQS hangs, without making the caller wait for it", async () => {
  const who = await customer();
  stack.sqs.hang();
  const startedAt = performance.now();
  const { accepted } = await submitMany(processes.url, who, { count: 200, prompt: (n) => `Question ${n}` });
  expect(accepted.size).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  await stack.sqs.start();
  await untilAllEnded(sql, who);
  expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 200 });
});

it("no request is lost or doubled when SQS is away for 30 seconds under load", async () => {
  const who = await customer();
  const submitting = submitMany(processes.url, who, {
    count: 300,
    parallel: 8,
    pauseMs: 600,
    prompt: (n) => `Question ${n} [[sim:slow:400]]`,
  });
  await until(() => stack.simulator.calls().in_flight > 0);
  await stack.sqs.stop();
  await sleep(30_000);
  await stack.sqs.start();
  const { accepted } = await submitting;
  expect(accepted.size).toBe(300);
  await untilAllEnded(sql, who);
  expect(await auditBooks(sql, who, accepted)).toMatchObject({ completed: 300 });
});
