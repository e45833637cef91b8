import { createServer, type ServerResponse } from "node:http";
import { closeServer, listenOnLoopback } from "../../loopback-server";

/** One model's tokens of one UTC day, in the words of OpenAI's usage API. */
export interface DayOfUsage {
  endpoint: "completions" | "embeddings";
  /** The day's first second. */
  day: Date;
  model: string;
  service_tier?: string;
  input_tokens: number;
  output_tokens?: number;
  input_cached_tokens?: number;
  input_cache_write_tokens?: number;
}

/** What a line of the bill came to on a UTC day: `gpt-4o-2024-08-06, input`. */
export interface DayOfCosts {
  day: Date;
  line_item: string;
  dollars: number;
}

export interface OpenAiUsageStandIn {
  /** With `/v1`, as the product's variable has it. */
  url: string;
  /** What the organization has used, and what it costs; replaces what was there. */
  set(usage: readonly DayOfUsage[], costs?: readonly DayOfCosts[]): void;
  stop(): Promise<void>;
}

/** Small, so that every reader has to follow `next_page`. */
const PAGE = 2;
const PATH = /^\/v1\/organization\/(?:usage\/)?(completions|embeddings|costs)$/;
/** By what each has to be grouped here. */
const GROUPS: Record<string, string> = {
  completions: "model,service_tier",
  embeddings: "model",
  costs: "line_item",
};

/**
 * OpenAI's `GET /v1/organization/usage/…` and `…/costs`: admin keys alone, buckets of a day, in pages. What it leaves out
 * (hours, other groups) it refuses.
 */
export async function startOpenAiUsage({ adminKey }: { adminKey: string }): Promise<OpenAiUsageStandIn> {
  let usage: readonly DayOfUsage[] = [];
  let costs: readonly DayOfCosts[] = [];
  const server = createServer(({ method, url = "/", headers }, response) => {
    const { pathname, searchParams } = new URL(url, "http://stand-in");
    const [, endpoint] = PATH.exec(pathname) ?? [];
    if (method !== "GET" || endpoint === undefined) return refuse(response, 404, "Invalid URL");
    if (headers.authorization !== `Bearer ${adminKey}`) {
      return refuse(
        response,
        401,
        "You have insufficient permissions for this operation. Missing scopes: api.usage.read.",
      );
    }
    const from = Number(searchParams.get("start_time"));
    const to = Number(searchParams.get("end_time") ?? Number.POSITIVE_INFINITY);
    if (!Number.isInteger(from) || from <= 0)
      return refuse(response, 400, "Missing required parameter: 'start_time'.");
    const groups = searchParams.getAll("group_by").join();
    if (searchParams.get("bucket_width") !== "1d" || groups !== GROUPS[endpoint]) {
      return refuse(response, 400, `This stand-in knows buckets of a day, grouped by ${GROUPS[endpoint]}.`);
    }
    const isAsked = ({ day }: { day: Date }) => day.getTime() / 1_000 >= from && day.getTime() / 1_000 < to;
    const used = usage.filter((row) => row.endpoint === endpoint && isAsked(row));
    const rows: object[] =
      endpoint === "costs"
        ? costs.filter(isAsked).map(({ line_item, dollars }) => ({
            object: "organization.costs.result",
            amount: { value: dollars, currency: "usd" },
            line_item,
            project_id: null,
          }))
        : used.map(({ day: _, endpoint: kind, ...row }) => ({
            object: `organization.usage.${kind}.result`,
            num_model_requests: 1,
            ...row,
          }));
    const start = Number(searchParams.get("page")?.replace("page_", "") ?? 0);
    const results = rows.slice(start, start + PAGE);
    const more = start + PAGE < rows.length;
    json(response, 200, {
      object: "page",
      data: [{ object: "bucket", start_time: from, end_time: from + 86_400, results }],
      has_more: more,
      next_page: more ? `page_${start + PAGE}` : null,
    });
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    set: (days, bill = []) => {
      usage = days;
      costs = bill;
    },
    stop: () => closeServer(server),
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  json(response, status, { error: { message, type: "invalid_request_error", param: null, code: null } });
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
