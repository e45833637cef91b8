import { createHash } from "node:crypto";
import { simulateJson } from "../../../src/worker/engine/providers/simulator/simulator-json";
import {
  countInputTokens,
  countTokens,
  type SimulatedMessage,
  simulateText,
} from "../../../src/worker/engine/providers/simulator/simulator-text";

import { isObject } from "./rules";

export type Tool = { name: string; schema: unknown };

/** A completion request in no provider's words: what both protocols are read into. */
export type Question = {
  model: string;
  messages: readonly SimulatedMessage[];
  images: number;
  maxTokens: number | undefined;
  seed: number | undefined;
  stop: readonly string[];
  /** The tool that has to be called, or the ones that may be. */
  tools: { choice: "auto" | "none" | "any"; offered: readonly Tool[] };
  format: { kind: "text" } | { kind: "json" } | { kind: "schema"; schema: unknown };
  thinks: boolean;
  /** Its thoughts are shown. */
  shows?: boolean;
};

export type Reply = {
  /** What it thought, where it shows that. */
  thoughts?: string | undefined;
  /** Text, or undefined when a tool is called. */
  text: string | undefined;
  toolCall: { id: string; name: string; args: unknown } | undefined;
  ending: "stop" | "length" | "tool" | "filter";
  usage: { input: number; cached: number; output: number; reasoning: number };
};

const TOKENS_PER_IMAGE = 85;
const REASONING_TOKENS = 64;
const CACHE_UNIT_TOKENS = 1_024;

/** The start of long prompts seen before, newest last; a repeated start is served from the provider's prompt cache. */
const seenStarts = new Set<string>();

export const THOUGHTS = "Simulated reasoning.";

export function reply(question: Question, filtered: boolean): Reply {
  const answer = answerTo(question, filtered);
  const shows = question.shows === true && answer.usage.reasoning > 0 && !filtered;
  return shows ? { ...answer, thoughts: THOUGHTS } : answer;
}

function answerTo(question: Question, filtered: boolean): Reply {
  const input = countInputTokens(question.messages) + question.images * TOKENS_PER_IMAGE;
  const limit = question.maxTokens ?? Number.POSITIVE_INFINITY;
  const reasoning = question.thinks ? Math.min(REASONING_TOKENS, limit) : 0;
  const usage = { input, cached: cachedTokens(question.messages, input), output: 0, reasoning };
  const said = simulateText({
    model: question.model,
    messages: question.messages,
    maxTokens: Number.isFinite(limit) ? limit - reasoning : undefined,
    seed: question.seed,
    stop: question.format.kind === "text" ? question.stop : [],
  });
  if (filtered) return { text: "", toolCall: undefined, ending: "filter", usage };

  const tool = chooseTool(question);
  if (tool !== undefined) {
    const made = simulateJson(tool.schema, topic(question));
    // A function without parameters is called with none.
    const args = isObject(made) ? made : {};
    const id = fingerprint(question).slice(0, 24);
    const output = countTokens(JSON.stringify(args)) + countTokens(tool.name);
    return {
      text: undefined,
      toolCall: { id, name: tool.name, args },
      ending: "tool",
      usage: { ...usage, output },
    };
  }
  if (question.format.kind === "text") {
    return {
      text: said.text,
      toolCall: undefined,
      ending: said.finishReason,
      usage: { ...usage, output: said.outputTokens },
    };
  }
  const value =
    question.format.kind === "json"
      ? { answer: `Simulated ${question.model} answer.`, prompt: topic(question) }
      : simulateJson(question.format.schema, topic(question));
  const whole = JSON.stringify(value);
  const room = Number.isFinite(limit) ? Math.max(0, limit - reasoning) * 4 : whole.length;
  const text = Buffer.from(whole)
    .subarray(0, room)
    .toString()
    .replace(/\uFFFD$/, "");
  const ending = text.length < whole.length ? "length" : "stop";
  return { text, toolCall: undefined, ending, usage: { ...usage, output: countTokens(text) } };
}

/** With a free choice, a model calls the tool that the user names; after a tool's answer it speaks. */
function chooseTool({ tools, messages }: Question): Tool | undefined {
  if (tools.choice === "none") return undefined;
  if (tools.choice === "any") return tools.offered[0];
  const last = messages.at(-1);
  if (last?.role !== "user") return undefined;
  return tools.offered.find(({ name }) => last.content.includes(name));
}

const topic = ({ messages }: Question) =>
  (messages.findLast(({ role }) => role === "user")?.content ?? "")
    .replace(/\[\[[^\]]*\]\]/g, "")
    .trim()
    .slice(0, 200);

function cachedTokens(messages: readonly SimulatedMessage[], input: number): number {
  if (input < CACHE_UNIT_TOKENS) return 0;
  const start = createHash("sha256")
    .update(
      messages
        .map(({ role, content }) => `${role}:${content}`)
        .join("\n")
        .slice(0, CACHE_UNIT_TOKENS * 4),
    )
    .digest("hex");
  const seen = seenStarts.delete(start);
  seenStarts.add(start);
  for (const oldest of seenStarts) {
    if (seenStarts.size <= 1_000) break;
    seenStarts.delete(oldest);
  }
  return seen ? CACHE_UNIT_TOKENS : 0;
}

/** Ids that look random and are the same for the same question. */
export const fingerprint = (question: Question): string =>
  createHash("sha256")
    .update(JSON.stringify([question.model, question.messages, question.seed]))
    .digest("base64url")
    .replace(/[-_]/g, "A");
