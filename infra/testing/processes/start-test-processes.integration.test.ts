import { expect, test } from "vitest";
import { useTestStack } from "../use-test-stack";
import { endTestProcesses, startTestProcesses } from "./start-test-processes";

await useTestStack();

test("the real server and worker run as processes of their own, drain, and can be killed and started again", async () => {
  const processes = await startTestProcesses({ server: true, workers: 1 });
  const health = await fetch(`${processes.url}/api/health`);
  expect(health.status).toBe(200);

  await processes.server?.kill();
  await expect(fetch(`${processes.url}/api/health`)).rejects.toThrow();
  await processes.restartServer();
  expect((await fetch(`${processes.url}/api/health`)).status).toBe(200);

  expect(await processes.workers[0]?.stop()).toBe(0);
  await processes.stop();
}, 120_000);

test("what a file has started ends with the file, and nothing more is started for it", async () => {
  const processes = await startTestProcesses({ workers: 1 });
  await endTestProcesses();
  expect(await processes.workers[0]?.exited).toBeNull();
  await expect(processes.addWorker()).rejects.toThrow("The test file ended");
});
