import { z } from "zod";
import { DAY } from "../../platform";

/** Token classes that both a provider and the ledger count. Input includes cached tokens and cache writes. */
export const usageClasses = ["input", "cached_input", "cache_write", "output"] as const;
export type UsageClass = (typeof usageClasses)[number];
export type ClassTotals = Record<UsageClass, bigint>;

export interface OpenAiAdmin {
  /** The API's address with its `/v1`. */
  baseUrl: string;
  /** An admin key; project keys cannot read usage. */
  adminKey: string;
}

const TIMEOUT_MS = 30_000;
/** Far more than a day has; ends a list that never does. */
const MOST_PAGES = 100;

const count = z.int().nonnegative().nullish();
const pageSchema = z.object({
  data: z.array(
    z.object({
      results: z.array(
        z.object({
          model: z.string().nullish(),
          input_tokens: z.int().nonnegative(),
          input_cached_tokens: count,
          input_cache_write_tokens: count,
          output_tokens: count,
        }),
      ),
    }),
  ),
  has_more: z.boolean(),
  next_page: z.string().nullish(),
});

/**
 * What OpenAI counted for our organization on one UTC day, by its own names of models, through its usage API.
 * @throws Error when it does not answer, or not in its documented form.
 */
export async function readOpenAiUsage(
  admin: OpenAiAdmin,
  { day, signal }: { day: Date; signal: AbortSignal },
): Promise<Map<string, ClassTotals>> {
  const totals = new Map<string, ClassTotals>();
  for (const endpoint of ["completions", "embeddings"]) {
    for await (const row of rowsOf(admin, endpoint, day, signal)) {
      const model = row.model ?? "";
      const sum = totals.get(model) ?? { input: 0n, cached_input: 0n, cache_write: 0n, output: 0n };
      totals.set(model, {
        input: sum.input + BigInt(row.input_tokens),
        cached_input: sum.cached_input + BigInt(row.input_cached_tokens ?? 0),
        cache_write: sum.cache_write + BigInt(row.input_cache_write_tokens ?? 0),
        output: sum.output + BigInt(row.output_tokens ?? 0),
      });
    }
  }
  return totals;
}

async function* rowsOf({ baseUrl, adminKey }: OpenAiAdmin, endpoint: string, day: Date, signal: AbortSignal) {
  const url = new URL(`${baseUrl.replace(/\/$/, "")}/organization/usage/${endpoint}`);
  url.searchParams.set("start_time", String(day.getTime() / 1_000));
  url.searchParams.set("end_time", String((day.getTime() + DAY) / 1_000));
  url.searchParams.set("bucket_width", "1d");
  url.searchParams.append("group_by", "model");
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${adminKey}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`OpenAI's usage API answered ${response.status} for ${endpoint}`);
    }
    const page = pageSchema.parse(await response.json());
    for (const { results } of page.data) yield* results;
    if (!page.has_more || !page.next_page) return;
    url.searchParams.set("page", page.next_page);
  }
}
