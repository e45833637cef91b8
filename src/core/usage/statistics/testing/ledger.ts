import { afterAll } from "vitest";
import { useTestStack } from "../../../../../infra/testing/use-test-stack";
import { type Endpoint, endpoints } from "../../../../shared/endpoints";
import { DAY, type Db, type Environment, HOUR, newId } from "../../../platform";
import { createDb } from "../../../platform/db/client";
import type { UsageQuery } from "../../index";
import { addLatencies } from "../latency";
import { readUsageCells } from "../read-usage-cells";
import { ledgerCells, mergedSql } from "../usage-sql";

/** Ledger rows at random, and the same question asked of the views and of the rows themselves. */

export const stack = await useTestStack();
export const db = createDb({ url: stack.databaseUrl, poolMax: 8 });
afterAll(() => db.$disconnect());

export const now = new Date("2026-11-23T12:34:56Z");
const models = ["gpt-4o", "gpt-4", "deepseek-chat"];
const keys = [newId(), newId(), null];
const members = [newId(), null];
const statuses = ["completed", "completed", "completed", "failed", "cancelled"] as const;

for (const months of [2, 3, 4]) {
  await db.$queryRaw`
    SELECT partitions.ensure('usage_ledger', 'month', ${now}::timestamptz - ${months}::int * interval '1 month', 1)`;
}

export interface Entry {
  orgId: string;
  at: Date;
  model?: string;
  status?: (typeof statuses)[number];
  apiKeyId?: string | null;
  userId?: string | null;
  latencyMs?: number;
  tokens?: number;
  environment?: "live" | "test";
  endpoint?: Endpoint | null;
  cacheWrites?: number;
  cacheAgeSeconds?: number;
  ownKey?: boolean;
}

export async function enter(client: Pick<Db, "usageLedger">, entries: readonly Entry[]): Promise<void> {
  await client.usageLedger.createMany({
    data: entries.map(({ orgId, at, tokens = 10, ...more }) => {
      const status = more.status ?? "completed";
      const environment = more.environment ?? "live";
      const completed = status === "completed";
      const written = Math.floor(Math.min(more.cacheWrites ?? 0, tokens / 3));
      return {
        requestId: newId(at),
        createdAt: at,
        orgId,
        userId: more.userId ?? null,
        apiKeyId: more.apiKeyId ?? null,
        environment,
        model: more.model ?? "gpt-4o",
        provider: "openai",
        upstreamModel: "m",
        status,
        billable: completed && environment === "live",
        inputTokens: completed ? BigInt(tokens) : 0n,
        cachedInputTokens: completed ? BigInt(Math.floor(tokens / 3)) : 0n,
        cacheWriteTokens: completed ? BigInt(written) : 0n,
        longCacheWriteTokens: completed ? BigInt(Math.floor(written / 2)) : 0n,
        endpoint: more.endpoint ?? null,
        cacheAgeSeconds: more.cacheAgeSeconds ?? null,
        ownKey: more.ownKey ?? false,
        providerMicros: more.ownKey ? BigInt(11 * tokens) : 0n,
        outputTokens: completed ? BigInt(2 * tokens) : 0n,
        reasoningTokens: completed ? BigInt(tokens) : 0n,
        priceVersion: "v",
        costMicros:
          completed && environment === "live" && more.cacheAgeSeconds === undefined ? BigInt(7 * tokens) : 0n,
        latencyMs: more.latencyMs ?? 500,
        settledAt: new Date(at.getTime() + 1_000),
      };
    }),
  });
}

/** Random, but the same in every run. */
export function randomness(seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, pick: <T>(items: readonly T[]) => items[Math.floor(next() * items.length)] as T };
}

export function randomEntry(orgId: string, { next, pick }: ReturnType<typeof randomness>): Entry {
  // Most of the last hours, the rest spread over four months: old buckets get late rows all the time.
  const age = next() < 0.5 ? next() * 3 * HOUR : next() * 110 * DAY;
  return {
    orgId,
    at: new Date(Math.floor(now.getTime() - age)),
    model: pick(models),
    status: pick(statuses),
    apiKeyId: pick(keys),
    userId: pick(members),
    latencyMs: Math.floor(next() * 20_000),
    tokens: Math.floor(next() * 1_000),
    environment: next() < 0.9 ? "live" : "test",
    endpoint: pick([null, ...endpoints.slice(0, 2)]),
    cacheWrites: Math.floor(next() * 100),
    ...(next() < 0.1 && { cacheAgeSeconds: 5 }),
    ownKey: next() < 0.2,
  };
}

export const queries: Asked[] = [
  { interval: "hour" },
  { interval: "hour", group_by: "model", model: "gpt-4o" },
  { interval: "day" },
  { interval: "day", group_by: "model" },
  { interval: "day", group_by: "api_key" },
  { interval: "day", group_by: "status" },
  { interval: "day", group_by: "member", environment: "test" },
  { interval: "month", group_by: "member" },
  { interval: "month", group_by: "model", status: "completed" },
  { interval: "day", group_by: "endpoint" },
  { interval: "hour", group_by: "endpoint", status: "completed" },
  { interval: "month", endpoint: "/api/v1/inference" },
  { interval: "day", group_by: "model", endpoint: "/v1/embeddings" },
  { interval: "day", group_by: "endpoint", model: "gpt-4", endpoint: "/v1/chat/completions" },
  { interval: "month", model: "gpt-4", ...(keys[0] && { api_key_id: keys[0] }) },
];

type Asked = Partial<Omit<UsageQuery, "environment">> & { environment?: Environment };

export function askOf(orgId: string, query: Asked) {
  const from =
    query.interval === "hour" ? new Date("2026-10-24T00:00:00Z") : new Date("2026-08-01T00:00:00Z");
  return {
    environment: "live" as const,
    interval: "day" as const,
    ...query,
    orgId,
    from,
    to: new Date("2026-12-01T00:00:00Z"),
  };
}

/** What views and tail say, and what the ledger says, at one moment. */
export async function bothOf(orgId: string, query: Asked) {
  const ask = askOf(orgId, query);
  const viaViews = await readUsageCells(db, ask);
  const [row] = await db.$queryRaw<{ cells: string }[]>(mergedSql([ledgerCells(ask)]));
  return { viaViews, ledger: JSON.parse(row?.cells ?? "[]") as unknown[][] };
}

export const flat = (cells: Awaited<ReturnType<typeof readUsageCells>>) =>
  cells.map(({ start, group, measures: m, latencies }) => [
    [start, group, m.requests, m.completed, m.failed, m.cancelled, m.input_tokens, m.cached_input_tokens],
    [m.output_tokens, m.reasoning_tokens, m.cost_micros],
    [m.cache_write_tokens, m.cache_hits, m.byok_requests, m.byok_fee_micros, m.provider_cost_micros],
    [...addLatencies(new Map(), latencies)].sort(([left], [right]) => left - right),
  ]);
export const flatRaw = (rows: unknown[][]) =>
  rows.map((row) => {
    const [buckets, counts, lows, highs] = row.slice(16).map((list) => (list ?? []) as number[]);
    if (!buckets || !counts || !lows || !highs) throw new Error("not a row of cells");
    return [
      row.slice(0, 8),
      row.slice(8, 11),
      row.slice(11, 16),
      [...addLatencies(new Map(), { buckets, counts, lows, highs })].sort(([left], [right]) => left - right),
    ];
  });
