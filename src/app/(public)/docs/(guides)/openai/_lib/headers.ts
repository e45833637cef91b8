/** Headers of ours, beside OpenAI’s. */
export const headers = [
  ["x-max-cost", "Dollars. A request that could cost more is refused before it runs."],
  ["x-agatha-fallback", "off: only the model you asked for may answer, whatever models lists."],
  ["x-agatha-id", "On every response: the call’s ID, for its receipt."],
  ["x-agatha-model", "The model that answered."],
  ["x-agatha-notice", "Why another model answered than the one you asked for."],
  ["retry-after-ms", "With 429 and 503: milliseconds to wait."],
] as const;
