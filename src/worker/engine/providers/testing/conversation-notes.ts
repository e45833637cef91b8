import type { ChatRequest } from "@agathaai/core/inference";

/** What was given and what arrived, in one notation: who says what, in order. */

interface Part {
  text?: string;
  type?: string;
  inlineData?: unknown;
  fileData?: unknown;
  thoughtSignature?: string;
  functionCall?: { id: string; name: string; args: unknown };
  functionResponse?: { id: string; name: string; response: Record<string, unknown> };
}
/** As much of either protocol as is looked at here. */
export interface Body {
  messages: {
    role: string;
    content: string | Part[] | null;
    name?: string;
    tool_call_id?: string;
    tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  }[];
  contents: { role: string; parts: Part[] }[];
  systemInstruction?: { parts: Part[] };
  /** The Responses API's. */
  input?: (Part & {
    role?: string;
    content?: string | Part[];
    call_id?: string;
    name?: string;
    arguments?: string;
    output?: string | Part[];
  })[];
  tools?: { name?: string; function?: { name: string }; functionDeclarations?: { name: string }[] }[];
}

const GREAT = /(?<=[:,[ ])-?\d{16,}(?=[,}\] ])/g;
/** Digit for digit, whether a number or its text. */
const exact = (json: string) => JSON.stringify(JSON.parse(json.replace(GREAT, '"$&"')));

export function given({ messages }: ChatRequest): string[] {
  const notes: string[] = [];
  const results = new Map<string, { name: string; at: number }>();
  for (const message of messages) {
    if (message.role === "tool") {
      const call = results.get(message.tool_call_id);
      if (call) notes[call.at] = `result ${call.name} ${resultNote(plainText(message.content))}`;
      continue;
    }
    const parts =
      typeof message.content === "string"
        ? [{ type: "text" as const, text: message.content }]
        : (message.content ?? []);
    const said = parts
      .map((part) => (part.type === "text" ? part.text : "(image)"))
      .filter((text) => text !== "");
    const side = message.role === "assistant" ? "assistant" : message.role === "user" ? "user" : "system";
    if (said.length > 0) notes.push(`${side}: ${said.join(" ")}`);
    if (message.role !== "assistant") continue;
    const calls = message.tool_calls ?? [];
    for (const { function: called } of calls)
      notes.push(`call ${called.name} ${exact(called.arguments || "{}")}`);
    for (const { id, function: called } of calls)
      results.set(id, { name: called.name, at: notes.push("") - 1 });
  }
  return notes;
}

const plainText = (content: string | { text: string }[]) =>
  typeof content === "string"
    ? content
    : content
        .map(({ text }) => text)
        .filter(Boolean)
        .join("\n\n");
const resultNote = (text: string) => (/^\{.*\}$/s.test(text) ? exact(text) : text);

function viaChat(body: Body, own: number, original: (name: string) => string): string[] {
  const notes: string[] = [];
  const results = new Map<string, { name: string; at: number }>();
  for (const message of body.messages.slice(own)) {
    if (message.role === "tool") {
      const call = results.get(message.tool_call_id ?? "");
      if (call) notes[call.at] = `result ${call.name} ${resultNote(plainText(message.content as string))}`;
      continue;
    }
    const parts = typeof message.content === "string" ? [{ text: message.content }] : (message.content ?? []);
    const side = { assistant: "assistant", user: "user" }[message.role] ?? "system";
    const said = parts.map((part) => part.text ?? "(image)").filter((text) => text !== "");
    if (said.length > 0) notes.push(`${side}: ${said.join(" ").replaceAll("\n\n", " ")}`);
    const calls = message.tool_calls ?? [];
    for (const { function: called } of calls)
      notes.push(`call ${original(called.name)} ${exact(called.arguments)}`);
    for (const { id, function: called } of calls)
      results.set(id, { name: original(called.name), at: notes.push("") - 1 });
  }
  return notes;
}

/** What arrived, whichever protocol it came in. */
export function arrivedNotes(body: Body, input: ChatRequest, original: (name: string) => string): string[] {
  if (body.contents !== undefined) return viaGemini(body, original);
  if (body.messages !== undefined) {
    return viaChat(body, body.messages.length - input.messages.length, original);
  }
  const items = body.input ?? [];
  const asksForJson = items[0]?.content === "Answer with one JSON object.";
  return viaResponses(items.slice(asksForJson ? 1 : 0), original);
}

function viaResponses(items: NonNullable<Body["input"]>, original: (name: string) => string): string[] {
  const notes: string[] = [];
  const open: { id: string | undefined; name: string }[] = [];
  const results = new Map<string | undefined, string>();
  const close = () => {
    notes.push(...open.map(({ id, name }) => `result ${name} ${results.get(id)}`));
    open.length = 0;
    results.clear();
  };
  for (const { type, role, content, call_id: id, name = "", arguments: args = "", output } of items) {
    if (type === "function_call") {
      if (open.some((call) => results.has(call.id))) close();
      notes.push(`call ${original(name)} ${exact(args)}`);
      open.push({ id, name: original(name) });
    } else if (type === "function_call_output") {
      results.set(id, resultNote(plainText(output as string)));
    } else {
      close();
      const parts = typeof content === "string" ? [{ text: content }] : (content ?? []);
      const said = parts.map((part) => part.text ?? "(image)").filter((text) => text !== "");
      const side = { assistant: "assistant", user: "user" }[role ?? ""] ?? "system";
      if (said.length > 0) notes.push(`${side}: ${said.join(" ")}`);
    }
  }
  close();
  return notes;
}

function viaGemini(body: Body, original: (name: string) => string): string[] {
  const notes = (body.systemInstruction?.parts ?? []).map((part) => `system: ${part.text}`);
  for (const { role, parts } of body.contents) {
    for (const part of parts) {
      if (part.functionCall)
        notes.push(`call ${original(part.functionCall.name)} ${JSON.stringify(part.functionCall.args)}`);
      else if (part.functionResponse) {
        const { name, response } = part.functionResponse;
        const text = Object.keys(response).join() === "result" ? response.result : undefined;
        notes.push(`result ${original(name)} ${typeof text === "string" ? text : JSON.stringify(response)}`);
      } else {
        const text = part.text ?? "(image)";
        const later = /^System instruction: (.*)$/s.exec(text)?.[1];
        notes.push(
          later !== undefined ? `system: ${later}` : `${role === "model" ? "assistant" : "user"}: ${text}`,
        );
      }
    }
  }
  return notes;
}

/** Neighboring words of one side are one saying: providers differ in how they cut it. */
export function joined(notes: readonly string[]): string[] {
  const result: string[] = [];
  for (const note of notes) {
    const side = /^(system|user|assistant): /.exec(note)?.[0];
    const last = result.at(-1);
    if (side && last?.startsWith(side))
      result[result.length - 1] = `${last} ${note.slice(side.length)}`.replaceAll("\n\n", " ");
    else result.push(note.replaceAll("\n\n", " "));
  }
  return result;
}
