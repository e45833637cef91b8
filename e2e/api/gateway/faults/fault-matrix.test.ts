import { fromPublicId } from "@agathaai/core/platform";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import type { Provider } from "../../../../src/shared/providers";
import { simulateText } from "../../../../src/worker/engine/providers/simulator/simulator-text";
import { assemble, chunksOf, eventsOf, idIn } from "../../../support/chat-stream";
import { type Api, expectRefusal, openApi, type Reply } from "../../../support/client";
import { heldMicros, heldTokens, type LedgerRow, ledgerRow, moneyOf } from "../../../support/ledger";
import { customer, makeKey, type Person } from "../../../support/people";

/** What a provider can do wrong, for each provider, with fallback and without, streamed and whole: what the caller gets and pays. */

const stack = await useTestStack();
let api: Api;
let ada: Person;
let key: string;
let calls = 0;

beforeAll(async () => {
  // Long enough for the next target on a busy machine: where the first keeps silent, each of two has half of the whole.
  const env = {
    PROVIDER_TIMEOUT_MS: "3000",
    PROVIDER_IDLE_TIMEOUT_MS: "2000",
    PROVIDER_TOTAL_TIMEOUT_MS: "8000",
  };
  api = await openApi(await startTestProcesses({ server: true, env }));
  ada = await customer(api, stack);
  key = await makeKey(api, ada, { monthly_cap_micros: 900_000_000 });
});

interface Fault {
  name: string;
  /** In the grammar of the simulators. */
  sim: string;
  /** Of a stream: before its caller has seen any content, behind that, or not at all: only the count is missing. */
  at: "before" | "midway" | "uncounted";
  /** In the receipt's words. */
  outcome: string;
  code: string;
  status: number;
  /** Calls of the provider before it is given up. */
  tries: number;
  silent?: boolean;
  forms?: readonly Form[];
}
type Form = "stream" | "whole";

const connection = { outcome: "connection", code: "provider_unavailable", status: 503, tries: 2 };
const server = { outcome: "server", code: "provider_error", status: 502, tries: 2 };
const timeout = { outcome: "timeout", code: "provider_timeout", status: 504, tries: 1, silent: true };
const faults: Fault[] = [
  { name: "resets the connection", sim: "reset", at: "before", ...connection },
  { name: "breaks off in its first event", sim: "half:0", at: "before", ...connection },
  {
    ...{ name: "answers 429", sim: "429", at: "before", outcome: "rate_limited" },
    ...{ code: "provider_unavailable", status: 503, tries: 1 },
  },
  { name: "answers 500", sim: "500", at: "before", ...server },
  { name: "never answers", sim: "timeout", at: "before", ...timeout },
  { name: "breaks off in the middle", sim: "half", at: "midway", ...connection },
  { name: "says 500 in the middle of its stream", sim: "error", at: "midway", ...server, forms: ["stream"] },
  { name: "falls silent in the middle", sim: "stall", at: "midway", ...timeout },
  {
    ...{ name: "does not say what it came to", sim: "nousage", at: "uncounted" },
    ...{ outcome: "completed", code: "", status: 200, tries: 1 },
  },
];

const modelOf: Record<Provider, string> = {
  openai: "gpt-4o",
  gemini: "gemini-3.5-flash-lite",
  deepseek: "deepseek-flash",
};
const nextTo: Record<Provider, Provider> = { openai: "deepseek", deepseek: "gemini", gemini: "openai" };

interface Cell {
  provider: Provider;
  fault: Fault;
  form: Form;
  fallback: "on" | "off";
}

const messages = [{ role: "user", content: "Why does an agate have bands?" }];
const MAX_TOKENS = 400;

function call({ provider, form, fallback }: Pick<Cell, "provider" | "form" | "fallback">): Promise<Reply> {
  calls += 1;
  const stream = form === "stream";
  return api.post("/v1/chat/completions", {
    as: key,
    ...(fallback === "off" && { headers: { "x-agatha-fallback": "off" } }),
    body: {
      model: modelOf[provider],
      models: [modelOf[nextTo[provider]]],
      messages,
      max_tokens: MAX_TOKENS,
      stream,
      ...(stream && { stream_options: { include_usage: true } }),
    },
  });
}

const settled = async () => [await heldTokens(), await heldMicros(), stack.simulator.calls().in_flight];

/** The provider works again, and its circuit knows. */
async function heal(provider: Provider): Promise<void> {
  stack.simulator.behave(null);
  expect((await call({ provider, form: "whole", fallback: "off" })).status).toBe(200);
}

const unpaid = { status: "failed", billable: false, cost_micros: "0", input_tokens: "0", output_tokens: "0" };

/** The caller's end of it, and the ledger's. */
async function check(cell: Cell, reply: Reply): Promise<{ tried: number }> {
  const { provider, fault, form, fallback } = cell;
  const where = JSON.stringify({ ...cell, fault: fault.sim, answer: reply.text.slice(-600) });
  const id = reply.headers.get("x-agatha-id") ?? "";
  const row = await ledgerRow(id);
  const { json: receipt } = await api.get(`/v1/generation?id=${id}`, { as: key });
  const failed = { model: modelOf[provider], provider, outcome: fault.outcome };
  const attempts = Array(fault.tries).fill(failed);
  if (fault.at === "midway" && form === "stream") {
    expectBrokenOff(where, reply, fault);
    expect(row, where).toMatchObject(unpaid);
    attempts.length = 1;
  } else if (fault.at !== "uncounted" && fallback === "off") {
    expectRefusal(reply, fault.status, fault.code);
    expect(reply.headers.get("x-should-retry"), where).not.toBe("false");
    expect(row, where).toMatchObject(unpaid);
  } else {
    const by = fault.at === "uncounted" ? provider : nextTo[provider];
    if (fault.at !== "uncounted") attempts.push({ model: modelOf[by], provider: by, outcome: "completed" });
    expect(reply.headers.get("x-agatha-model"), where).toBe(modelOf[by]);
    expectPaid(where, { answer: answerOf(form, reply), row, fault, upstream: receipt.served_by });
  }
  expect(receipt.attempts, where).toMatchObject(attempts);
  expect(receipt.attempts, where).toHaveLength(attempts.length);
  expect(receipt.cost_micros, where).toBe(Number(row.cost_micros));
  return { tried: attempts.length };
}

function expectBrokenOff(where: string, reply: Reply, { code }: Fault): void {
  expect(reply.status, where).toBe(200);
  const events = eventsOf(reply.text);
  const { error } = JSON.parse((events.at(-1) ?? "").replace(/^data: /, ""));
  expect(error, where).toMatchObject({ code, request_id: reply.headers.get("x-request-id") });
  expect(events.length, where).toBeGreaterThan(2);
  expect(reply.text, where).not.toContain("[DONE]");
  expect(idIn(reply.text), where).toBe(reply.headers.get("x-agatha-id"));
}

interface Seen {
  content: string;
  usage: { prompt_tokens: number; completion_tokens: number; cost: number };
}

function answerOf(form: Form, { status, text, json }: Reply): Seen {
  expect(status, text).toBe(200);
  if (form === "whole") return { content: json.choices[0].message.content, usage: json.usage };
  const chunks = chunksOf(text);
  const [choice] = assemble(chunks);
  expect(choice?.finishReason).toBe("stop");
  return { content: choice?.content ?? "", usage: JSON.parse(JSON.stringify(chunks.at(-1)?.usage)) };
}

/** Billed by the provider's count, which the simulators make of the prompt alone; without one by ours, and marked. */
function expectPaid(
  where: string,
  { answer, row, fault, upstream }: { answer: Seen; row: LedgerRow; fault: Fault; upstream: string },
): void {
  const told = simulateText({ model: upstream, messages, maxTokens: MAX_TOKENS });
  const estimated = fault.at === "uncounted";
  expect(answer.content, where).toBe(told.text);
  expect(row, where).toMatchObject({
    ...{ status: "completed", billable: true, estimated, output_tokens: String(told.outputTokens) },
    ...(!estimated && { input_tokens: String(told.inputTokens) }),
  });
  expect(Number(row.cost_micros), where).toBeGreaterThan(0);
  expect(answer.usage, where).toMatchObject({
    prompt_tokens: Number(row.input_tokens),
    completion_tokens: Number(row.output_tokens),
    cost: Number(row.cost_micros) / 1_000_000,
  });
}

const cells = ({ forms = ["stream", "whole"] as const }: Fault) =>
  forms.flatMap((form) => (["off", "on"] as const).map((fallback) => ({ form, fallback })));

describe.each(["openai", "gemini", "deepseek"] as const)("%s", (provider) => {
  it.each(faults)(
    "$name: its caller gets the next model's answer, or an honest error in time, and pays for what was delivered alone",
    async (fault) => {
      const breakIt = () => {
        stack.simulator.reset();
        stack.simulator.behave(fault.sim, { provider });
      };
      const run = async (ways: ReturnType<typeof cells>) => {
        breakIt();
        const all = ways.map((way) => ({ provider, fault, ...way }));
        const replies = await Promise.all(all.map((cell) => call(cell).then((reply) => ({ cell, reply }))));
        const tried = await Promise.all(replies.map(({ cell, reply }) => check(cell, reply)));
        const asked = stack.simulator.calls().total;
        expect(asked, "no call of a provider but those of the receipts").toBe(
          tried.reduce((sum, { tried }) => sum + tried, 0),
        );
        await expect.poll(settled, { timeout: 15_000 }).toEqual([0, 0, 0]);
        await heal(provider);
      };
      // Silences take their time, and open no circuit while they are of one customer.
      if (fault.silent === true) await run(cells(fault));
      else for (const way of cells(fault)) await run([way]);
    },
    60_000,
  );
});

it("every call has one row, and the counters of its organization and key say what the rows add up to", async () => {
  await expect
    .poll(() => moneyOf(fromPublicId("org", ada.orgId)), { timeout: 15_000 })
    .toMatchObject({ rows: calls, held: 0, tokens: 0, micros: 0, keyMicros: 0 });
});
