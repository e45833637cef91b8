import type { ChatRequest } from "@agathaai/core/inference";
import type { LiveCall } from "../../../src/worker/engine/providers/live-protocol";

/** Calls that go to OpenAI's Responses API, and the parts of its answers. */

export const model = "gpt-6.2-sol";
export const apiKey = "sk-of-the-platform";
export const owner = { upstreamModel: model, apiKey };
export const head = { id: "chatcmpl-ours", created: 1_764_000_000, model: "public-name" };
export const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
export const tools: ChatRequest["tools"] = [
  { type: "function", function: { name: "get_weather", description: "Weather.", parameters } },
];

export function requestOf(input: Partial<ChatRequest>, upstreamModel = model) {
  const messages: ChatRequest["messages"] = [{ role: "user", content: "Hi" }];
  return { upstreamModel, input: { model: "m", messages, tools, ...input }, maxOutputTokens: 400 };
}

export function callOf(input: Partial<ChatRequest> = {}, more: Partial<LiveCall> = {}): LiveCall {
  const request = requestOf(input);
  const plain = { stream: true, includeUsage: false, extras: {}, longCache: false, regional: false };
  return { request, head, apiKey, ...plain, ...more };
}

export const usage = {
  input_tokens: 90,
  input_tokens_details: { cached_tokens: 20, cache_write_tokens: 30 },
  output_tokens: 50,
  output_tokens_details: { reasoning_tokens: 32 },
  total_tokens: 140,
};
export const whole = (more: object) => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  model: "gpt-6.2-sol-2026-11-17",
  status: "completed",
  service_tier: "flex",
  error: null,
  incomplete_details: null,
  output: [],
  usage,
  ...more,
});
export const said = (text: string) => ({
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});
export const thought = (encrypted: string) => ({
  type: "reasoning",
  id: "rs_1",
  summary: [],
  encrypted_content: encrypted,
});
export const called = (id: string, args = "{}") => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name: "get_weather",
  arguments: args,
  status: "completed",
});
