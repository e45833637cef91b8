/** The fields a customer knows. What a provider names besides is not theirs, and may be anything, a key included. */
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
]);

/** Well below what the column `error_param` holds: a name may never keep a request from being settled. */
const MAX_LENGTH = 120;

/** Whether this may be repeated to the customer, and be written down, as the field that is wrong. */
export function isCustomerField(path: string): boolean {
  return (
    path.length <= MAX_LENGTH &&
    /^\w+(\.[\w$-]{1,64}|\[\d{1,5}\])*$/.test(path) &&
    ours.has(/^\w+/.exec(path)?.[0] ?? "") &&
    !/\b(sk|org|proj)-/.test(path)
  );
}
