import { createHash } from "node:crypto";

export type SimulatedMessage = { role: string; content: string };

export type SimulateTextInput = {
  model: string;
  messages: readonly SimulatedMessage[];
  /** Upper bound of the answer in tokens, as counted by {@link countTokens}. */
  maxTokens?: number | undefined;
  seed?: number | undefined;
  /** The answer ends before the first of these sequences. */
  stop?: readonly string[] | undefined;
};

export type SimulatedText = {
  text: string;
  inputTokens: number;
  outputTokens: number;
  finishReason: "stop" | "length";
};

const BYTES_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;
/** Characters of a question that its answer is made from. */
const READ = 20_000;

/**
 * Tokens of a text, by one approximation used for every model: a token per 4 bytes of UTF-8, rounded up. English
 * averages about 4 bytes a token in the providers' own tokenizers; other scripts count higher, as they do there.
 */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** Tokens of a conversation: each message's text, and four more a message for its role and separators. */
export function countInputTokens(messages: readonly SimulatedMessage[]): number {
  return messages.reduce((sum, { content }) => sum + countTokens(content) + TOKENS_PER_MESSAGE, 0);
}

/**
 * An answer made from the prompt alone: the same input gives the same text on every machine, another seed or model
 * gives another wording. The text says that it is simulated, so that nobody takes it for a model's opinion.
 */
export function simulateText({
  model,
  messages,
  maxTokens,
  seed,
  stop = [],
}: SimulateTextInput): SimulatedText {
  const question =
    messages.findLast(({ role }) => role === "user")?.content ?? messages.at(-1)?.content ?? "";
  const pick = picker(
    JSON.stringify([model, seed ?? null, messages.map(({ role, content }) => [role, content])]),
  );
  const complete = compose(model, question, pick);
  const stopped = cutAtStop(complete, stop);
  const text = maxTokens === undefined ? stopped : cutAtTokens(stopped, maxTokens);
  return {
    text,
    inputTokens: countInputTokens(messages),
    outputTokens: countTokens(text),
    finishReason: text.length < stopped.length ? "length" : "stop",
  };
}

/** What it thinks before it answers: as plainly made up as the answer. */
export function simulateThoughts({ model, messages, maxTokens }: SimulateTextInput): string {
  const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const topics = findTopics(question).join(", ") || "nothing that has words";
  const text = `Simulated reasoning of ${model}. The question is about ${topics}. A short answer will do.`;
  return maxTokens === undefined ? text : cutAtTokens(text, maxTokens);
}

/** The text in the pieces in which a streaming provider would send it; joined they are the text again. */
export function splitIntoPieces(text: string): string[] {
  return text.match(/\s*\S{1,12}|\s+/gu) ?? [];
}

type Pick = <T>(options: readonly [T, ...T[]]) => T;

/** Draws from options by a hash chain over the input: deterministic, and spread evenly enough for prose. */
function picker(input: string): Pick {
  let state = createHash("sha256").update(input).digest();
  return (options) => {
    state = createHash("sha256").update(state).digest();
    return options[state.readUInt32BE(0) % options.length] ?? options[0];
  };
}

function compose(model: string, question: string, pick: Pick): string {
  const topics = findTopics(question);
  const [first, second = "the details", third = "the outcome"] = topics;
  const opening = `Simulated ${model} answer.`;
  if (first === undefined)
    return `${opening} The prompt holds no words to answer, so there is nothing to add.`;
  const quoted = question.slice(0, READ).replace(/\s+/gu, " ").trim();
  const shown = quoted.length > 120 ? `${[...quoted].slice(0, 119).join("")}…` : quoted;
  return [
    `${opening} ${pick([`You asked: “${shown}”`, `Your prompt was: “${shown}”`, `On “${shown}”:`])}`,
    pick([
      `The short version is that ${first} comes first, and ${second} follows from it.`,
      `Start with ${first}; most questions about ${second} are settled there.`,
      `Think of ${first} and ${second} as two sides of one question.`,
    ]),
    pick([
      `In practice, look at ${third} early, because it is the part that is hardest to change later.`,
      `It helps to write down what ${third} should be before you begin, and to compare at the end.`,
      `A small example makes ${third} concrete, and shows where the assumptions are.`,
    ]),
    pick([
      `Three steps are enough: name the goal, try the smallest version, and measure what changed.`,
      `Two checks are worth making: does it hold for the ordinary case, and does it fail plainly otherwise?`,
      `If only one thing can be done today, do the one that can be undone.`,
    ]),
    pick([
      `With a key of a real provider, ${model} itself writes this paragraph.`,
      `The tokens, the limits and the cost of this call are counted as for ${model} itself.`,
    ]),
  ].join(" ");
}

/** The longest distinct words of the question, in the order in which they appear. */
function findTopics(question: string): string[] {
  const words = [
    ...new Set(
      question
        .slice(0, READ)
        .toLowerCase()
        .match(/[\p{L}\p{N}]{2,40}/gu) ?? [],
    ),
  ];
  const chosen = new Set(
    [...words].sort((a, b) => b.length - a.length || a.localeCompare(b, "en")).slice(0, 3),
  );
  return words.filter((word) => chosen.has(word));
}

function cutAtStop(text: string, stop: readonly string[]): string {
  const ends = stop.filter((sequence) => sequence !== "").map((sequence) => text.indexOf(sequence));
  const end = Math.min(...ends.filter((index) => index >= 0), text.length);
  return text.slice(0, end);
}

/** The longest start of the text within the bound that does not split a character. */
function cutAtTokens(text: string, maxTokens: number): string {
  const bytes = Buffer.from(text);
  const limit = Math.max(0, Math.floor(maxTokens)) * BYTES_PER_TOKEN;
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString();
}
