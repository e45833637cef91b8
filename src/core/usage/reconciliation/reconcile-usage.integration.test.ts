import { afterAll, beforeAll, expect, test } from "vitest";
import { type DayOfUsage, startOpenAiUsage } from "../../../../infra/stand-ins/providers/openai/openai-usage";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { newId } from "../../platform";
import { closeDb, db as openDb } from "../../platform/db/client";
import { metricsRegistry } from "../../platform/observability/metrics";
import { reconcileUsage } from "./reconcile-usage";

await useTestStack();
const db = openDb();
const usageApi = await startOpenAiUsage({ adminKey: "sk-admin-test" });
const now = new Date();
const day = new Date(`${new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`);
const noon = new Date(day.getTime() + 12 * 3_600_000);
const clock = { now: () => now };

afterAll(async () => {
  await usageApi.stop();
  await closeDb();
});

interface Call {
  model: string;
  provider?: string;
  environment?: "live" | "test";
  at?: Date;
  input: bigint;
  cached?: bigint;
  written?: bigint;
  output?: bigint;
}

const enter = (calls: readonly Call[]) =>
  db.usageLedger.createMany({
    data: calls.map(({ model, provider = "openai", environment = "live", at = noon, ...tokens }) => ({
      requestId: newId(at),
      createdAt: at,
      orgId: newId(),
      environment,
      model,
      provider,
      upstreamModel: model,
      status: "completed" as const,
      billable: environment === "live",
      inputTokens: tokens.input,
      cachedInputTokens: tokens.cached ?? 0n,
      cacheWriteTokens: tokens.written ?? 0n,
      outputTokens: tokens.output ?? 0n,
      priceVersion: `${model}@2024-01-01`,
      latencyMs: 100,
      settledAt: at,
    })),
  });

const reconcile = (adminKey = "sk-admin-test") =>
  reconcileUsage(
    db,
    { admin: { baseUrl: usageApi.url, adminKey }, signal: new AbortController().signal },
    clock,
  );

const day1 = (row: Omit<DayOfUsage, "day" | "endpoint">): DayOfUsage => ({
  endpoint: "completions",
  day,
  ...row,
});

beforeAll(async () => {
  await enter([
    { model: "gpt-4o", input: 600n, cached: 100n, output: 60n },
    { model: "gpt-4o-2024-08-06", input: 400n, output: 40n },
    { model: "gpt-6.2-sol", input: 5_000n, written: 4_000n, output: 900n },
    { model: "text-embedding-3-small", input: 300n },
    // Not OpenAI's to count: another provider, the simulator, another day.
    { model: "gemini-3.8-flash", provider: "gemini", input: 7n },
    { model: "gpt-4o", environment: "test", input: 9_999n },
    { model: "gpt-4o", at: now, input: 8_888n },
  ]);
});

const agreed: DayOfUsage[] = [
  day1({ model: "gpt-4o-2024-08-06", input_tokens: 1_000, input_cached_tokens: 100, output_tokens: 100 }),
  day1({
    model: "gpt-6.2-sol",
    input_tokens: 5_000,
    input_cached_tokens: 0,
    input_cache_write_tokens: 4_000,
    output_tokens: 900,
  }),
  { endpoint: "embeddings", day, model: "text-embedding-3-small", input_tokens: 300 },
];

test("a day that both count alike has no drift, whatever name the provider gives a model", async () => {
  usageApi.set(agreed);
  expect(await reconcile()).toEqual({ day: day.toISOString().slice(0, 10), models: 3, drifts: [] });
});

test("drift is named by model and class, in the report and in the metrics", async () => {
  const [gpt4o, sol, ...rest] = agreed;
  if (!gpt4o || !sol) throw new Error("no usage");
  usageApi.set([
    gpt4o,
    { ...sol, input_cache_write_tokens: 5_000 },
    day1({ model: "gpt-9-nova", input_tokens: 10, output_tokens: 1 }),
    ...rest,
  ]);
  const { drifts } = await reconcile();
  expect(drifts).toEqual([
    { model: "gpt-6.2-sol", class: "cache_write", ledger: 4_000, provider: 5_000, ratio: -0.2 },
    { model: "gpt-9-nova", class: "input", ledger: 0, provider: 10, ratio: -1 },
    { model: "gpt-9-nova", class: "output", ledger: 0, provider: 1, ratio: -1 },
  ]);
  const text = await metricsRegistry().metrics();
  expect(text).toContain(
    'agatha_usage_drift_ratio{provider="openai",model="gpt-6.2-sol",class="cache_write"} -0.2',
  );
  expect(text).toContain('agatha_usage_drift_ratio{provider="openai",model="gpt-4o",class="input"} 0');
});

test("a key that may not read usage is an error and no drift", async () => {
  await expect(reconcile("sk-project")).rejects.toThrow("answered 401");
});
