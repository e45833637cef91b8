import type { ChatRequest } from "@agathaai/core/inference";

/** The names of one request's functions, as its provider allows them, and back. */
export interface ToolNames {
  toProvider(name: string): string;
  fromProvider(name: string): string;
  /** Any name at all had to be changed. */
  readonly changed: boolean;
}

/** OpenAI's and DeepSeek's rule. What a model once made up and a client echoes may be outside it. */
export const chatNames = /^[A-Za-z0-9_-]{1,64}$/;
/** Google's: the same letters, but no digit or dash first. */
export const geminiNames = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/;

/** A name outside the rule gets one inside it that no other function of the request has; all others stay. */
export function toolNames(input: ChatRequest, allowed: RegExp): ToolNames {
  if (input.tools === undefined && !input.messages.some(callsTools)) return unchanged;
  const names = new Set([
    ...(input.tools ?? []).map((tool) => tool.function.name),
    ...input.messages.flatMap((message) =>
      message.role === "assistant" ? (message.tool_calls ?? []).map((call) => call.function.name) : [],
    ),
  ]);
  const there = new Map<string, string>();
  const back = new Map<string, string>();
  for (const name of names) {
    if (allowed.test(name)) continue;
    const other = freeName(name, (candidate) => names.has(candidate) || back.has(candidate));
    there.set(name, other);
    back.set(other, name);
  }
  return {
    toProvider: (name) => there.get(name) ?? name,
    fromProvider: (name) => back.get(name) ?? name,
    changed: back.size > 0,
  };
}

/** Of a request without functions, as most are. */
const unchanged: ToolNames = { toProvider: (name) => name, fromProvider: (name) => name, changed: false };

function callsTools(message: ChatRequest["messages"][number]): boolean {
  return message.role === "assistant" && message.tool_calls !== undefined;
}

function freeName(name: string, isTaken: (name: string) => boolean): string {
  const plain = `_${name.replace(/[^A-Za-z0-9_-]/g, "_")}`;
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? "" : `_${number}`;
    const candidate = plain.slice(0, 64 - suffix.length) + suffix;
    if (!isTaken(candidate)) return candidate;
  }
}
