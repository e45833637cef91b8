/** What becomes of each field of a chat completion, provider by provider. */
export const compatibility = [
  [
    "messages, temperature, top_p, stop",
    "Kept for every provider. Images work with OpenAI and Gemini models.",
  ],
  [
    "tools, tool_choice, parallel_tool_calls",
    "Kept for every provider. Names and IDs that a provider does not allow are translated both ways.",
  ],
  [
    "response_format",
    "Kept for OpenAI. Gemini: schemas are converted, or refused where Gemini would ignore a part. DeepSeek: json_object is kept, schemas are refused.",
  ],
  ["max_tokens", "Limits the answer. A model that thinks gets tokens for that on top."],
  ["max_completion_tokens", "Limits answer and thinking together, as at OpenAI."],
  ["reasoning_effort", "Kept where the model offers the choice; refused elsewhere."],
  ["seed", "Kept for OpenAI and Gemini; refused for DeepSeek."],
  [
    "n, logprobs, logit_bias, presence_penalty, frequency_penalty, verbosity, prediction",
    "Kept for OpenAI; refused for Gemini and DeepSeek.",
  ],
  ["service_tier", "Kept for OpenAI models with a price for that tier; refused elsewhere."],
  [
    "user, safety_identifier, prompt_cache_key",
    "Sent to OpenAI. Other providers have no such field; the header x-agatha-not-sent says so.",
  ],
  ["store, metadata, audio, web_search_options, functions", "Refused. Answers of this API are not stored."],
  ["Fields we don’t know", "Sent to OpenAI models as they are; refused elsewhere."],
] as const;

/** The same for embeddings. */
export const embeddingFields = [
  [
    "input",
    "Text or texts for every provider. Arrays of tokens work with OpenAI models; Gemini models refuse them.",
  ],
  ["dimensions", "Kept, within the lengths the model offers; refused outside them."],
  ["encoding_format", "float or base64, for every provider."],
  ["user", "Sent to OpenAI. Gemini has no such field; the header x-agatha-not-sent says so."],
  ["Fields we don’t know", "Refused."],
] as const;

export const headers = [
  ["x-max-cost", "Dollars. A request that could cost more is refused before it runs."],
  ["x-agatha-fallback", "off: only the model you asked for may answer, whatever models lists."],
  ["x-agatha-id", "On every response: the call’s ID, for its receipt."],
  ["x-agatha-model", "The model that answered."],
  ["x-agatha-notice", "Why another model answered than the one you asked for."],
  ["retry-after-ms", "With 429 and 503: milliseconds to wait."],
] as const;
