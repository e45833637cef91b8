import { expect, it } from "vitest";
import { startTestProcesses } from "../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { fuzzEnvironment, runFuzz } from "./run-fuzz";

const count = Number(process.env.FUZZ_REQUESTS ?? 20_000);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

const stack = await useTestStack(fuzzEnvironment);

it(`answers ${count} generated requests (FUZZ_SEED=${seed}) without a 5xx, a hang or a bare error`, async () => {
  const server = await startTestProcesses({ server: true, workers: 1 });
  const report = await runFuzz(server, stack, { count, seed });
  const { findings, operations, ...figures } = report;
  console.log(`FUZZ_SEED=${seed}`, JSON.stringify({ ...figures, operations: operations.size }));
  expect(findings.join("\n")).toBe("");
});
