import { z } from "zod";
import { tierOf } from "../../models";
import { DAY } from "../../platform";
import { ALL_TIERS, type UsageLine } from "./compare-usage";

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
const usageSchema = z.object({
  model: z.string().nullish(),
  service_tier: z.string().nullish(),
  input_tokens: z.int().nonnegative(),
  input_cached_tokens: count,
  input_cache_write_tokens: count,
  output_tokens: count,
});
const costSchema = z.object({
  line_item: z.string().nullish(),
  amount: z.object({ value: z.coerce.number(), currency: z.string() }).nullish(),
});

interface Asked {
  admin: OpenAiAdmin;
  day: Date;
  signal: AbortSignal;
}

/**
 * What OpenAI counted and charged for our organization on one UTC day, by its own names of models, through its usage and
 * costs APIs. Costs are not told apart by service tier.
 * @throws Error when it does not answer, or not in its documented form.
 */
export async function readOpenAiUsage(
  admin: OpenAiAdmin,
  { day, signal }: { day: Date; signal: AbortSignal },
): Promise<UsageLine[]> {
  const asked = { admin, day, signal };
  const lines: UsageLine[] = [];
  const completions = { path: "usage/completions", groups: ["model", "service_tier"] };
  const embeddings = { path: "usage/embeddings", groups: ["model"] };
  for (const source of [completions, embeddings]) {
    for await (const row of rowsOf(asked, source, usageSchema)) {
      const model = row.model ?? "";
      const serviceTier = tierOf(row.service_tier) ?? row.service_tier ?? "";
      const add = (name: UsageLine["class"], amount: number | null | undefined) =>
        lines.push({ model, serviceTier, class: name, amount: BigInt(amount ?? 0) });
      add("input", row.input_tokens);
      add("cached_input", row.input_cached_tokens);
      add("cache_write", row.input_cache_write_tokens);
      add("output", row.output_tokens);
    }
  }
  const costs = { path: "costs", groups: ["line_item"] };
  for await (const { line_item: item, amount } of rowsOf(asked, costs, costSchema)) {
    if (!amount) continue;
    if (amount.currency.toLowerCase() !== "usd")
      throw new Error(`OpenAI's costs API answered in ${amount.currency}`);
    // As in "gpt-4o-2024-08-06, cached input".
    const [model = ""] = (item ?? "").split(",", 1);
    const micros = BigInt(Math.round(amount.value * 1_000_000));
    lines.push({ model, serviceTier: ALL_TIERS, class: "cost", amount: micros });
  }
  return lines;
}

async function* rowsOf<Row>(
  { admin: { baseUrl, adminKey }, day, signal }: Asked,
  { path, groups }: { path: string; groups: readonly string[] },
  row: z.ZodType<Row>,
): AsyncGenerator<Row, void> {
  const pageSchema = z.object({
    data: z.array(z.object({ results: z.array(row) })),
    has_more: z.boolean(),
    next_page: z.string().nullish(),
  });
  const url = new URL(`${baseUrl.replace(/\/$/, "")}/organization/${path}`);
  url.searchParams.set("start_time", String(day.getTime() / 1_000));
  url.searchParams.set("end_time", String((day.getTime() + DAY) / 1_000));
  url.searchParams.set("bucket_width", "1d");
  for (const group of groups) url.searchParams.append("group_by", group);
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${adminKey}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`OpenAI's usage API answered ${response.status} for ${path}`);
    }
    const page = pageSchema.parse(await response.json());
    for (const { results } of page.data) yield* results;
    if (!page.has_more || !page.next_page) return;
    url.searchParams.set("page", page.next_page);
  }
}
