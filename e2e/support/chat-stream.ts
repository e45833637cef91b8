/** What a whole stream of chat chunks carried, one choice after the other. */
export interface StreamedChoice {
  content: string;
  toolCalls: { id: string; name: string; arguments: string }[];
  finishReason: string;
}

type Fragment = { index: number; id?: string; function?: { name?: string; arguments?: string } };
type Delta = { role?: string; content?: string | null; tool_calls?: Fragment[] };
export type Chunk = {
  id: string;
  created: number;
  model: string;
  choices: { index: number; delta: Delta; finish_reason: string | null }[];
  usage?: object | null;
};

/** The chunks of a server-sent event stream that must be whole: data events and comments alone, `[DONE]` last and once. */
export function chunksOf(text: string): Chunk[] {
  const events = text.split("\n\n");
  if (events.pop() !== "") throw new Error("The stream does not end with a blank line.");
  const data = events.filter((event) => !event.startsWith(":"));
  const odd = data.find((event) => !event.startsWith("data: ") || event.includes("\n"));
  if (odd !== undefined) throw new Error(`Not one line of data: ${odd}`);
  const payloads = data.map((event) => event.slice("data: ".length));
  if (payloads.pop() !== "[DONE]" || payloads.includes("[DONE]"))
    throw new Error("[DONE] is not the last event alone.");
  return payloads.map((payload) => JSON.parse(payload));
}

/**
 * Puts the chunks together as a client does, and throws at what a client could not follow: a second head, a choice that does
 * not begin with its role, a fragment of a tool call that nobody opened, arguments that are no JSON, anything after the end
 * of a choice, a choice without an end, usage that does not come last.
 */
export function assemble(chunks: readonly Chunk[]): StreamedChoice[] {
  const heads = new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`));
  if (heads.size !== 1) throw new Error(`Heads of one stream differ: ${[...heads].join("; ")}`);
  const usageAt = chunks.findIndex(({ usage }) => usage !== undefined && usage !== null);
  if (usageAt !== -1 && usageAt !== chunks.length - 1) throw new Error("Usage does not come last.");
  const choices: StreamedChoice[] = [];
  const begun = new Set<number>();
  for (const chunk of chunks) {
    for (const { index, delta, finish_reason } of chunk.choices) {
      choices[index] ??= { content: "", toolCalls: [], finishReason: "" };
      const choice = choices[index];
      if (choice.finishReason !== "") throw new Error(`Choice ${index} goes on after its end.`);
      if (delta.role === "assistant") begun.add(index);
      if (!begun.has(index)) throw new Error(`Choice ${index} does not begin with its role.`);
      choice.content += delta.content ?? "";
      for (const fragment of delta.tool_calls ?? []) addFragment(choice, fragment);
      choice.finishReason = finish_reason ?? "";
    }
  }
  for (const choice of choices) {
    if (choice.finishReason === "") throw new Error("A choice has no end.");
    for (const call of choice.toolCalls) JSON.parse(call.arguments);
  }
  return choices;
}

function addFragment(choice: StreamedChoice, { index, id, function: part }: Fragment): void {
  if (index > choice.toolCalls.length) throw new Error(`Tool call ${index} is not the next one.`);
  if (index === choice.toolCalls.length) {
    if (id === undefined || part?.name === undefined)
      throw new Error(`Tool call ${index} begins without id or name.`);
    choice.toolCalls.push({ id, name: part.name, arguments: "" });
  } else if (index !== choice.toolCalls.length - 1)
    throw new Error(`Tool call ${index} goes on after the next began.`);
  const call = choice.toolCalls[index];
  if (call !== undefined) call.arguments += part?.arguments ?? "";
}

/** The events of a stream's text, as far as it came. */
export function eventsOf(text: string): string[] {
  return text.split("\n\n").filter((event) => event !== "");
}

/** The call's ID in any text that names it. */
export const idIn = (text: string): string => /"id":"(inf_\w+)"/.exec(text)?.[1] ?? "";
