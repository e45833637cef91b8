import type { Provider } from "@/shared/providers";

/** A part of OpenAI's API that a caller may rely on, and the bodies that ask for it. */
export interface Feature {
  fields: readonly string[];
  /** What of these fields, where it is not all of them. */
  about?: string;
  /** Body parts that ask for it, one for each field; the provider has it where it takes all of them. */
  probes: readonly Record<string, unknown>[];
  /** Where a provider takes it in another form than it was sent. */
  adapted?: Partial<Record<Provider, string>>;
  /** What taking it means, where that is not plain. */
  note?: string;
}

const text = "Which stone is it?";
const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const parameters = {
  type: "object",
  properties: { place: { type: "string" } },
  required: ["place"],
  additionalProperties: false,
};
const tool = { type: "function", function: { name: "get_weather", parameters } };
const thinksBeside = "A reasoning model gets extra tokens to think";
const firstCall = "False: the first call of an answer is kept";

/** `POST /v1/chat/completions`. */
export const chatFeatures: readonly Feature[] = [
  { fields: ["messages"], probes: [{}] },
  {
    fields: ["messages"],
    about: "images",
    probes: [
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text },
              { type: "image_url", image_url: { url: pixel } },
            ],
          },
        ],
      },
    ],
    adapted: { gemini: "PNG, JPEG and WebP; GIF is refused" },
  },
  {
    fields: ["stream", "stream_options"],
    probes: [{ stream: true, stream_options: { include_usage: true } }],
  },
  { fields: ["max_tokens"], probes: [{ max_tokens: 64 }], note: thinksBeside },
  { fields: ["max_completion_tokens"], probes: [{ max_completion_tokens: 64 }] },
  { fields: ["temperature"], probes: [{ temperature: 0.5 }] },
  { fields: ["top_p"], probes: [{ top_p: 0.9 }] },
  { fields: ["stop"], probes: [{ stop: ["END"] }] },
  { fields: ["seed"], probes: [{ seed: 7 }] },
  {
    fields: ["tools", "tool_choice"],
    probes: [{ tools: [tool] }, { tools: [tool], tool_choice: "required" }],
    adapted: { gemini: "Names Gemini does not allow are translated both ways" },
  },
  {
    fields: ["tools"],
    about: "function.strict",
    probes: [{ tools: [{ ...tool, function: { ...tool.function, strict: true } }] }],
  },
  {
    fields: ["tools"],
    about: "together with reasoning_effort",
    probes: [{ tools: [tool], reasoning_effort: "low" }],
    adapted: { openai: "OpenAI’s Responses API answers where Chat Completions refuses" },
  },
  {
    fields: ["parallel_tool_calls"],
    probes: [{ tools: [tool], parallel_tool_calls: false }],
    adapted: { gemini: firstCall, deepseek: firstCall },
  },
  {
    fields: ["response_format"],
    about: "json_object",
    probes: [{ response_format: { type: "json_object" } }],
  },
  {
    fields: ["response_format"],
    about: "json_schema",
    probes: [
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "weather", schema: parameters, strict: true },
        },
      },
    ],
    adapted: { gemini: "Converted; refused where Gemini would ignore a part" },
  },
  {
    fields: ["reasoning_effort"],
    probes: [{ reasoning_effort: "low" }],
    adapted: { deepseek: "Low, high or max; its thoughts come as reasoning_content" },
  },
  {
    fields: ["include_reasoning"],
    about: "the model’s thoughts as reasoning_content",
    probes: [{ include_reasoning: true }],
    adapted: {
      openai: "A summary, by OpenAI’s Responses API",
      gemini: "A summary",
      deepseek: "All of them, asked for or not; false is refused while it thinks",
    },
  },
  {
    fields: ["thinking"],
    about: "DeepSeek’s own",
    probes: [{ thinking: { type: "enabled" } }, { thinking: { type: "disabled" } }],
  },
  {
    fields: ["reasoning"],
    about: "OpenRouter’s effort, max_tokens, enabled, exclude",
    probes: [
      { reasoning: { effort: "low" } },
      { reasoning: { max_tokens: 2_000 } },
      { reasoning: { enabled: true } },
      { reasoning: { exclude: true } },
    ],
    adapted: {
      openai: "Said as reasoning_effort and include_reasoning; max_tokens sets the effort",
      gemini: "Said as reasoning_effort and include_reasoning; max_tokens sets the effort",
      deepseek:
        "Said as reasoning_effort and include_reasoning; max_tokens sets the effort; exclude is refused while it thinks",
    },
  },
  {
    fields: ["google", "extra_body"],
    about: "Google’s thinking_config",
    probes: [
      { google: { thinking_config: { thinking_level: "low" } } },
      { extra_body: { google: { thinking_config: { thinking_budget: 1_024, include_thoughts: true } } } },
    ],
    adapted: { gemini: "Said as reasoning_effort and include_reasoning; a budget sets the effort" },
  },
  { fields: ["n"], probes: [{ n: 2 }] },
  { fields: ["logprobs", "top_logprobs"], probes: [{ logprobs: true, top_logprobs: 2 }] },
  { fields: ["logit_bias"], probes: [{ logit_bias: { 5: 1 } }] },
  {
    fields: ["presence_penalty", "frequency_penalty"],
    probes: [{ presence_penalty: 1 }, { frequency_penalty: 1 }],
  },
  { fields: ["verbosity"], probes: [{ verbosity: "low" }] },
  { fields: ["prediction"], probes: [{ prediction: { type: "content", content: text } }] },
  {
    fields: ["service_tier"],
    probes: [{ service_tier: "priority" }],
    note: "Billed is the tier that answered",
  },
  {
    fields: ["user", "safety_identifier", "prompt_cache_key"],
    probes: [{ user: "ada" }, { safety_identifier: "ada" }, { prompt_cache_key: "ada" }],
  },
  { fields: ["store"], probes: [{ store: true }] },
  { fields: ["metadata"], probes: [{ store: true, metadata: { team: "search" } }] },
  {
    fields: ["modalities", "audio"],
    probes: [{ modalities: ["text", "audio"] }, { audio: { voice: "alloy", format: "mp3" } }],
  },
  { fields: ["web_search_options"], probes: [{ web_search_options: {} }] },
  { fields: ["functions", "function_call"], probes: [{ functions: [] }, { function_call: "auto" }] },
  {
    fields: [],
    about: "Fields this API does not know",
    probes: [{ a_new_field: true }],
    note: "Sent on as they are",
  },
];

/** `POST /v1/embeddings`. */
export const embeddingFeatures: readonly Feature[] = [
  { fields: ["input"], about: "one text or several", probes: [{ input: text }, { input: [text, text] }] },
  {
    fields: ["input"],
    about: "tokens, one array or several",
    probes: [{ input: [1, 2] }, { input: [[1], [2]] }],
  },
  { fields: ["dimensions"], probes: [{ dimensions: 256 }] },
  {
    fields: ["encoding_format"],
    probes: [{ encoding_format: "float" }, { encoding_format: "base64" }],
    adapted: { gemini: "base64 is made here" },
  },
  { fields: ["user"], probes: [{ user: "ada" }] },
  {
    fields: [],
    about: "Fields this API does not know",
    probes: [{ a_new_field: true }],
    note: "Sent on as they are",
  },
];
