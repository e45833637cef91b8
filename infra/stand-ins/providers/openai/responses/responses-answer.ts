import { splitIntoPieces } from "../../../../../src/worker/engine/providers/simulator/simulator-text";
import type { Reply } from "../../answer";

export interface ResponseHead {
  id: string;
  created_at: number;
  model: string;
  service_tier: string;
}

type Item = Record<string, unknown> & { type: string };

/** The items of an answer, in order: what was thought, and what was said or called. */
function itemsOf(
  { id }: ResponseHead,
  { thoughts, text, toolCall, ending }: Reply,
  encrypted: string | undefined,
): Item[] {
  const mark = id.slice(5);
  const summary = thoughts === undefined ? [] : [{ type: "summary_text", text: thoughts }];
  const thought: Item[] =
    encrypted === undefined && thoughts === undefined
      ? []
      : [{ id: `rs_${mark}`, type: "reasoning", summary, encrypted_content: encrypted ?? null }];
  if (toolCall !== undefined) {
    const { name, args } = toolCall;
    const call = { id: `fc_${mark}`, call_id: `call_${toolCall.id}`, name, arguments: JSON.stringify(args) };
    return [...thought, { ...call, type: "function_call", status: "completed" }];
  }
  const content = [{ type: "output_text", text: text ?? "", annotations: [], logprobs: [] }];
  const status = ending === "stop" ? "completed" : "incomplete";
  return [
    ...thought,
    { id: `msg_${mark}`, type: "message", role: "assistant", status, phase: "final_answer", content },
  ];
}

export function wholeResponse(
  head: ResponseHead,
  answer: Reply,
  encrypted: string | undefined,
  counts: boolean,
) {
  const reason = { length: "max_output_tokens", filter: "content_filter" }[answer.ending as string];
  return {
    object: "response",
    ...head,
    status: reason === undefined ? "completed" : "incomplete",
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    output: itemsOf(head, answer, encrypted),
    ...(counts && { usage: usageOf(answer) }),
  };
}

function usageOf({ usage }: Reply) {
  const output = usage.output + usage.reasoning;
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + output,
  };
}

/** The events in their order, each with its name and its number. */
export function responseEvents(
  head: ResponseHead,
  answer: Reply,
  encrypted: string | undefined,
  counts: boolean,
): string[] {
  const whole = wholeResponse(head, answer, encrypted, counts);
  const begun = { ...whole, status: "in_progress", incomplete_details: null, output: [], usage: null };
  const events: Item[] = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...whole.output.flatMap(itemEvents),
    { type: `response.${whole.status}`, response: whole },
  ];
  return events.map(eventText);
}

/** How a stream says that its server failed. */
export function failedEvent(head: ResponseHead): string {
  const error = { code: "server_error", message: "The server had an internal error. Sorry about that!" };
  const response = { object: "response", ...head, status: "failed", error, output: [], usage: null };
  return eventText({ type: "response.failed", response }, 99);
}

function eventText(event: Item, number: number): string {
  return `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: number })}\n\n`;
}

function summaryEvents(at: object, text: string): Item[] {
  const part = { type: "summary_text", text };
  return [
    { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
    ...splitIntoPieces(text).map((delta) => ({
      type: "response.reasoning_summary_text.delta",
      ...at,
      delta,
    })),
    { type: "response.reasoning_summary_text.done", ...at, text },
    { type: "response.reasoning_summary_part.done", ...at, part },
  ];
}

function itemEvents(item: Item, index: number): Item[] {
  const place = { output_index: index, item_id: item.id };
  const done = { type: "response.output_item.done", output_index: index, item };
  const added = (begun: object) => ({
    type: "response.output_item.added",
    output_index: index,
    item: { ...item, ...begun },
  });
  if (item.type === "reasoning") {
    const events = (item.summary as { text: string }[]).flatMap(({ text }, part) =>
      summaryEvents({ ...place, summary_index: part }, text),
    );
    return [added({ encrypted_content: null, summary: [] }), ...events, done];
  }
  if (item.type === "function_call") {
    const text = String(item.arguments);
    return [
      added({ arguments: "", status: "in_progress" }),
      ...splitIntoPieces(text).map((delta) => ({
        type: "response.function_call_arguments.delta",
        ...place,
        delta,
      })),
      { type: "response.function_call_arguments.done", ...place, name: item.name, arguments: text },
      done,
    ];
  }
  const [part] = item.content as [{ text: string }];
  const at = { ...place, content_index: 0 };
  return [
    added({ content: [], status: "in_progress" }),
    { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
    ...splitIntoPieces(part.text).map((delta) => ({
      type: "response.output_text.delta",
      ...at,
      delta,
      logprobs: [],
    })),
    { type: "response.output_text.done", ...at, text: part.text, logprobs: [] },
    { type: "response.content_part.done", ...at, part },
    done,
  ];
}
