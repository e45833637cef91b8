/** The request fields that customers know. Anything else a provider names is not theirs, and could even be a key. */
const ours = new Set([
  "messages",
  "max_tokens",
  "temperature",
  "top_p",
  "stop",
  "seed",
  "response_format",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "reasoning_effort",
  "include_reasoning",
]);

/** Well below the size of the column `error_param`: a long name must not prevent settlement. */
const MAX_LENGTH = 120;

/** Whether this may be shown to the customer, and stored, as the field that is wrong. */
export function isCustomerField(path: string): boolean {
  return (
    path.length <= MAX_LENGTH &&
    /^\w+(\.[\w$-]{1,64}|\[\d{1,5}\])*$/.test(path) &&
    ours.has(/^\w+/.exec(path)?.[0] ?? "") &&
    !/\b(sk|org|proj)-/.test(path)
  );
}
