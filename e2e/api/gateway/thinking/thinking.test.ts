import { fromPublicId } from "@agathaai/core/platform";
import { describe, expect, it } from "vitest";
import { assemble, chunksOf } from "../../../support/chat-stream";
import { expectRefusal } from "../../../support/client";
import { query } from "../../../support/database";
import { ledgerRow } from "../../../support/ledger";
import { useGateway } from "../testing/use-gateway";

/** DeepSeek's models think where they are asked to, and say what they thought. */

const { api, key } = await useGateway({ workers: 1 });

const messages = [{ role: "user", content: "Which stone has bands?" }];
const post = (more: Record<string, unknown>) =>
  api.post("/v1/chat/completions", { as: key, body: { model: "deepseek-flash", messages, ...more } });
const THOUGHTS = "Simulated reasoning.";

async function billed(id: string) {
  await ledgerRow(id);
  const [row] = await query<{ output_tokens: string; reasoning_tokens: string; usage_defect: string | null }>(
    "SELECT output_tokens, reasoning_tokens, usage_defect FROM usage_ledger WHERE request_id = $1",
    [fromPublicId("inf", id)],
  );
  return row;
}

describe("a model of DeepSeek's thinks", () => {
  it.each([
    ["at the effort that is asked for", { reasoning_effort: "low" }],
    ["by DeepSeek's own switch", { thinking: { type: "enabled" } }],
    ["under the name of the one that always did", { model: "deepseek-reasoner" }],
  ])("%s: its thoughts come beside the answer, and are billed as its usage says", async (_how, body) => {
    const { json, status, text } = await post(body);
    expect(status, text).toBe(200);
    expect(json.choices[0].message).toMatchObject({ role: "assistant", reasoning_content: THOUGHTS });
    const { completion_tokens, completion_tokens_details: details } = json.usage;
    expect(details.reasoning_tokens).toBeGreaterThan(0);
    expect(await billed(json.id)).toEqual({
      output_tokens: String(completion_tokens),
      reasoning_tokens: String(details.reasoning_tokens),
      usage_defect: null,
    });
  });

  it.each([
    ["unless somebody asks", {}],
    ["where it is told not to", { model: "deepseek-reasoner", thinking: { type: "disabled" } }],
    ["under the name of the one that never did", { model: "deepseek-chat" }],
  ])("and does not %s", async (_when, body) => {
    const { json } = await post(body);
    expect(json.choices[0].message).not.toHaveProperty("reasoning_content");
    expect(json.usage.completion_tokens_details.reasoning_tokens).toBe(0);
  });

  it("in a stream, where its thoughts come first, in pieces of their own", async () => {
    const reply = await post({
      reasoning_effort: "high",
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = chunksOf(reply.text);
    const [choice] = assemble(chunks);
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
    const thoughts = deltas.map((delta) => ("reasoning_content" in delta ? delta.reasoning_content : ""));
    expect(thoughts.join("")).toBe(THOUGHTS);
    expect(choice?.content).not.toBe("");
    const firstWord = deltas.findIndex(({ content }) => Boolean(content));
    expect(thoughts.findLastIndex(Boolean)).toBeLessThan(firstWord);
    expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens_details: { reasoning_tokens: 64 } });
  });

  it("between calls of tools, also for a client that does not keep thoughts", async () => {
    const tools = [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }];
    const asked = { tools, reasoning_effort: "high", messages: [{ role: "user", content: "look_up agate" }] };
    const first = await post(asked);
    const { message } = first.json.choices[0];
    expect(message.tool_calls).toHaveLength(1);
    const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "Banded." };
    const { reasoning_content: _lost, ...kept } = message;
    for (const answer of [message, kept]) {
      const next = await post({ ...asked, messages: [...asked.messages, answer, result] });
      expect(next.status, next.text).toBe(200);
    }
  });

  it("and its thoughts are kept with a stored answer, and with one of the queue", async () => {
    const { json } = await post({ reasoning_effort: "low", store: true });
    const stored = () => api.get(`/api/v1/inference/${json.id}/result`, { as: key });
    await expect
      .poll(async () => (await stored()).json.output?.reasoning_content, { timeout: 15_000 })
      .toBe(THOUGHTS);
    const queued = await api.post("/api/v1/inference", {
      as: key,
      headers: { prefer: "wait=20" },
      body: { model: "deepseek-v4-pro", messages, reasoning_effort: "max" },
    });
    expect(queued.json.output, queued.text).toMatchObject({ reasoning_content: THOUGHTS });
  });
});

describe("what thinking does not take is refused by name", () => {
  it.each([
    ["temperature", { reasoning_effort: "low", temperature: 0.2 }],
    ["top_p", { model: "deepseek-v4-pro", reasoning_effort: "low", top_p: 0.9 }],
    [
      "tool_choice",
      {
        reasoning_effort: "low",
        tools: [{ type: "function", function: { name: "f" } }],
        tool_choice: "required",
      },
    ],
    ["thinking", { model: "gpt-4o", thinking: { type: "enabled" } }],
  ])("%s", async (param, body) => {
    expectRefusal(await post(body), 400, "unsupported_parameter", param);
  });

  it("and two wishes that contradict each other", async () => {
    const body = { thinking: { type: "disabled" }, reasoning_effort: "high" };
    expectRefusal(await post(body), 400, "invalid_request", "thinking");
  });
});
