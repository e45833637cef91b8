import { z } from "zod";

/** The events of a chat stream put together to the answer that would have come without a stream. */

const chunkSchema = z.looseObject({
  id: z.string(),
  created: z.number(),
  model: z.string(),
  choices: z.array(
    z.looseObject({
      index: z.int(),
      delta: z.looseObject({}).optional(),
      logprobs: z.looseObject({}).nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
});

type Fields = Record<string, unknown>;
interface Choice {
  index: number;
  message: Fields;
  logprobs: Fields | null;
  finish_reason: string | null;
}

/** @throws where the text is no chat stream. */
export function wholeAnswerOf(frames: string): Fields {
  const choices = new Map<number, Choice>();
  let top: Fields = {};
  for (const event of frames.split("\n\n")) {
    if (!event.startsWith("data: {")) continue;
    const { choices: parts, usage: _, object: __, ...fields } = chunkSchema.parse(JSON.parse(event.slice(6)));
    top = { ...top, ...fields };
    for (const { index, delta, logprobs, finish_reason: reason } of parts) {
      const choice = choices.get(index) ?? newChoice(index);
      choices.set(index, choice);
      merge(choice.message, delta ?? {});
      if (logprobs) choice.logprobs = merge(choice.logprobs ?? {}, logprobs);
      choice.finish_reason = reason ?? choice.finish_reason;
    }
  }
  const inOrder = [...choices.values()].sort((a, b) => a.index - b.index);
  for (const { message } of inOrder) dropIndexes(message);
  return { ...top, object: "chat.completion", choices: inOrder };
}

function newChoice(index: number): Choice {
  const message = { role: "assistant", content: null, refusal: null };
  return { index, message, logprobs: null, finish_reason: null };
}

/** These name something; other texts come in pieces. */
const whole: ReadonlySet<string> = new Set(["role", "id", "type", "index"]);

function merge(into: Fields, delta: Fields): Fields {
  for (const [name, value] of Object.entries(delta)) {
    const before = into[name];
    if (value === null || value === undefined) into[name] ??= null;
    else if (typeof value === "string" && typeof before === "string" && !whole.has(name))
      into[name] = before + value;
    else if (Array.isArray(value)) into[name] = mergeList(Array.isArray(before) ? before : [], value);
    else if (isFields(value)) into[name] = merge(isFields(before) ? before : {}, value);
    else into[name] = value;
  }
  return into;
}

/** Entries with an `index` are pieces of one; others follow each other. */
function mergeList(into: unknown[], pieces: readonly unknown[]): unknown[] {
  for (const piece of pieces) {
    if (isFields(piece) && typeof piece.index === "number") {
      const before = into.find((one) => isFields(one) && one.index === piece.index);
      if (isFields(before)) merge(before, piece);
      else into.push(merge({}, piece));
    } else into.push(piece);
  }
  return into;
}

function dropIndexes(message: Fields): void {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  for (const call of calls) if (isFields(call)) delete call.index;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
