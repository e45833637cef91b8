import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type DayOfCosts,
  type DayOfUsage,
  startOpenAiUsage,
} from "../../../../infra/stand-ins/providers/openai/openai-usage";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { floorToDay, toDay } from "../../../shared/time";
import { DAY, HOUR, newId } from "../../platform";
import { closeDb, db as openDb } from "../../platform/db/client";
import { metricsRegistry } from "../../platform/observability/metrics";
import type { Queue } from "../../platform/queue/queue";
import { readComparisons } from "./read-comparisons";
import { reconcileUsage } from "./reconcile-usage";
import { reconciliationGauges } from "./reconciliation-metrics";

await useTestStack({ OPENAI_ADMIN_KEY: "sk-admin-test" });
const db = openDb();
const usageApi = await startOpenAiUsage({ adminKey: "sk-admin-test" });
const today = floorToDay(new Date());
const day = new Date(today.getTime() - DAY);
const noon = new Date(day.getTime() + 12 * HOUR);
const name = toDay(day);
const at = (hour: number) => ({ now: () => new Date(today.getTime() + hour * HOUR) });

afterAll(async () => {
  await usageApi.stop();
  await closeDb();
});

interface Call {
  model: string;
  provider?: string;
  environment?: "live" | "test";
  at?: Date;
  tier?: string;
  estimated?: boolean;
  ownKey?: boolean;
  input: bigint;
  cached?: bigint;
  written?: bigint;
  output?: bigint;
  cost?: bigint;
}

const enter = (calls: readonly Call[]) =>
  db.usageLedger.createMany({
    data: calls.map(({ model, provider = "openai", environment = "live", at = noon, ...call }) => ({
      requestId: newId(at),
      createdAt: at,
      orgId: newId(),
      environment,
      model,
      provider,
      upstreamModel: model,
      status: "completed" as const,
      billable: environment === "live",
      inputTokens: call.input,
      cachedInputTokens: call.cached ?? 0n,
      cacheWriteTokens: call.written ?? 0n,
      outputTokens: call.output ?? 0n,
      serviceTier: call.tier ?? "default",
      estimated: call.estimated ?? false,
      ownKey: call.ownKey ?? false,
      costMicros: call.cost ?? 0n,
      priceVersion: `${model}@2024-01-01`,
      latencyMs: 100,
      settledAt: at,
    })),
  });

const reconcile = (hour = 12, adminKey = "sk-admin-test") =>
  reconcileUsage(
    db,
    { admin: { baseUrl: usageApi.url, adminKey }, signal: new AbortController().signal },
    at(hour),
  );

const day1 = (row: Omit<DayOfUsage, "day" | "endpoint">): DayOfUsage => ({
  endpoint: "completions",
  day,
  service_tier: "default",
  ...row,
});

const metrics = async () => {
  for (const each of reconciliationGauges.gauges()) each.reset();
  await reconciliationGauges.read({ db, queue: {} as Queue });
  return metricsRegistry().metrics();
};

beforeAll(async () => {
  await enter([
    { model: "gpt-4o", input: 600n, cached: 100n, output: 60n, cost: 30_000n },
    { model: "gpt-4o-2024-08-06", input: 400n, output: 40n, cost: 20_000n },
    { model: "gpt-4o", tier: "priority", input: 50n, output: 5n },
    { model: "gpt-6.2-sol", input: 5_000n, written: 4_000n, output: 900n },
    { model: "text-embedding-3-small", input: 300n },
    // Its caller hung up: how much of it the provider counted nobody here knows.
    { model: "gpt-6.2-sol", estimated: true, input: 100n, output: 10n },
    // Not OpenAI's to count for us: another provider, the simulator, another day, a customer's own key.
    { model: "gemini-3.8-flash", provider: "gemini", input: 7n },
    { model: "gpt-4o", environment: "test", input: 9_999n },
    { model: "gpt-4o", at: new Date(), input: 8_888n },
    { model: "gpt-4o", ownKey: true, input: 7_777n },
  ]);
});

const agreed: DayOfUsage[] = [
  day1({ model: "gpt-4o-2024-08-06", input_tokens: 1_000, input_cached_tokens: 100, output_tokens: 100 }),
  day1({ model: "gpt-4o-2024-08-06", service_tier: "priority", input_tokens: 50, output_tokens: 5 }),
  day1({
    model: "gpt-6.2-sol",
    input_tokens: 5_080,
    input_cache_write_tokens: 4_000,
    output_tokens: 912,
  }),
  { endpoint: "embeddings", day, model: "text-embedding-3-small", input_tokens: 300 },
];
const bill: DayOfCosts[] = [
  { day, line_item: "gpt-4o-2024-08-06, input", dollars: 0.03 },
  { day, line_item: "gpt-4o-2024-08-06, output", dollars: 0.02 },
];

test("nothing is compared before the provider's numbers of a day are in; days that were missed are made up for", async () => {
  usageApi.set(agreed, bill);
  expect(await metrics()).toContain('agatha_usage_comparison_age_seconds{provider="openai"} +Inf');
  const days = await reconcile(3);
  expect(days).toHaveLength(7);
  expect(days.map((one) => one.day)).not.toContain(name);
  expect(await reconcile(3)).toEqual([]);
});

test("a day that both count alike has no drift, whatever name the provider gives a model, estimates apart, and is compared once", async () => {
  expect(await reconcile()).toEqual([{ day: name, models: 3, drifts: [] }]);
  expect(await reconcile()).toEqual([]);
  const { shown, days } = await readComparisons(db, {});
  expect(days[0]).toMatchObject({ day: name, differences: 0 });
  expect(shown?.lines).toContainEqual({
    ...{ model: "gpt-6.2-sol", service_tier: "default", class: "output" },
    ...{ ledger: 900, estimated: 10, counted: 912, drift: 0, differs: false },
  });
  expect(shown?.lines).toContainEqual(
    expect.objectContaining({ model: "gpt-4o", class: "cost", ledger: 50_000, counted: 50_000 }),
  );
});

test("drift is named by model, tier and class, kept, shown to operators and measured, and the day is compared again until it is gone", async () => {
  const [gpt4o, priority, sol, ...rest] = agreed;
  if (!gpt4o || !priority || !sol) throw new Error("no usage");
  await db.usageComparison.deleteMany({ where: { day } });
  usageApi.set(
    [
      gpt4o,
      { ...priority, input_tokens: 40 },
      { ...sol, input_cache_write_tokens: 5_000 },
      day1({ model: "gpt-9-nova", input_tokens: 10, output_tokens: 1 }),
      ...rest,
    ],
    [...bill, { day, line_item: "web search", dollars: 2 }],
  );
  const [compared] = await reconcile();
  const found = compared?.drifts.map((one) => [one.model, one.serviceTier, one.class, one.drift]);
  expect(found?.sort()).toEqual([
    ["gpt-4o", "priority", "input", 0.25],
    ["gpt-6.2-sol", "default", "cache_write", -0.2],
    ["gpt-9-nova", "default", "input", -1],
    ["gpt-9-nova", "default", "output", -1],
    ["web search", "all", "cost", -1],
  ]);
  const { shown } = await readComparisons(db, { day: name });
  expect(shown?.differences).toBe(5);
  expect(shown?.lines.slice(0, 5).every(({ differs }) => differs)).toBe(true);
  const text = await metrics();
  for (const series of [
    'model="gpt-6.2-sol",tier="default",class="cache_write"} -0.2',
    'model="gpt-4o",tier="default",class="input"} 0',
    'model="other",tier="all",class="cost"} -1',
  ])
    expect(text).toContain(`agatha_usage_drift_ratio{provider="openai",${series}`);

  usageApi.set(agreed, bill);
  expect(await reconcile(13)).toMatchObject([{ day: name, drifts: [] }]);
  expect(await metrics()).toMatch(/agatha_usage_comparison_age_seconds\{provider="openai"\} \d/);
});

test("a key that may not read usage is an error and no drift, and the day waits", async () => {
  await db.usageComparison.deleteMany({ where: { day } });
  await expect(reconcile(12, "sk-project")).rejects.toThrow("answered 401");
  expect((await readComparisons(db, { day: name })).shown).toBeNull();
  expect(await reconcile()).toHaveLength(1);
});
