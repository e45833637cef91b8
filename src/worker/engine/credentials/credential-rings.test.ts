import { afterAll, beforeAll, expect, it } from "vitest";
import { standInsEnv } from "../../../../infra/stand-ins/providers/stand-ins";
import { ask, type LiveStage, openLiveStage, targetAt } from "../../../../infra/testing/engine/live-stage";
import { createQueuedEngine } from "../job/queued-engine";
import { createLiveEngine } from "../live/live-engine";
import type { ProviderEnv } from "../providers/registry";
import { credentialRings } from "./credential-rings";

let stage: LiveStage;
beforeAll(async () => {
  stage = await openLiveStage();
});
afterAll(() => stage.stop());

it("jobs of the queue and calls of /v1 learn from one another which key is refused", async () => {
  const addresses = standInsEnv((id) => stage.simulators[id].url);
  const env: ProviderEnv & { PROVIDER_TIMEOUT_MS: number } = {
    ...addresses,
    // The stand-in refuses the first two.
    OPENAI_API_KEY: "sk-invalid-1, sk-invalid-2, sk-good",
    PROVIDER_TIMEOUT_MS: 5_000,
  };
  const input = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hi" }] };
  const queued = createQueuedEngine(env, { log: { error: () => {} } });
  const job = await queued.run({ targets: [targetAt("openai")], input }, new AbortController().signal);
  expect(job.answer?.content).toContain("Simulated");
  expect(job.attempts.map(({ outcome }) => outcome)).toEqual(["auth", "auth", "completed"]);

  const engine = createLiveEngine(env, { rings: credentialRings(env) });
  for (let count = 0; count < 3; count++) {
    const { outcome } = await ask(engine, { targets: [targetAt("openai")] });
    expect(outcome.attempts.map((attempt) => attempt.outcome)).toEqual(["completed"]);
  }
  // An engine without the shared rings finds the refused keys by itself.
  const alone = createLiveEngine(env);
  const { outcome } = await ask(alone, { targets: [targetAt("openai")] });
  expect(outcome.attempts.map((attempt) => attempt.outcome)).toEqual(["auth", "auth", "completed"]);
  await Promise.all([engine.close(), alone.close()]);
});
