import { type Completion, type FinishReason, type ToolCall, toolCallSchema } from "@agathaai/core/inference";
import type { TokenUsage } from "@agathaai/core/models";
import { z } from "zod";
import { failureOfEvent } from "../../failures/classify-failure";
import { ProviderFailure } from "../../failures/errors";
import type { LiveAnswer, LiveCall } from "../live-protocol";
import { type ProviderRequest, withinCalls } from "../provider";
import { toChatAnswer } from "../wire/chat-answer";
import { bought, toFinishReason, unbilled } from "../wire/chat-completions";
import { isRecord } from "../wire/chat-stream";
import { chatNames, toolNames } from "../wire/tool-names";
import { responsesUsage, type Served } from "../wire/usage";
import { idWithReasoning } from "./encrypted-reasoning";

const responseSchema = z.object({
  model: z.string(),
  status: z.string(),
  error: z.unknown().optional(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  // Items that we do not ask for are let pass.
  output: z.array(z.looseObject({ type: z.string() })),
  usage: z.unknown().optional(),
  service_tier: z.string().nullish(),
});

const messageSchema = z.object({
  content: z.array(
    z.looseObject({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() }),
  ),
});
/** Parts of a summary are paragraphs of their own. */
export const BETWEEN_THOUGHTS = "\n\n";
const summarySchema = z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).optional();
const callSchema = z.object({ call_id: z.string(), name: z.string(), arguments: z.string() });

type Said = Omit<Completion, "usage"> & { usage: TokenUsage | undefined; refusal: string | null };

/** @throws ProviderFailure where the response is none, was broken off, or does not say what it cost. */
export function toResponsesCompletion(
  request: ProviderRequest,
  apiKey: string,
  response: unknown,
  served: Served,
): Completion {
  const { usage, refusal, content, ...said } = readWhole(request, apiKey, response, served);
  if (usage === undefined) throw unbilled("openai");
  return { ...said, content: content ?? refusal, usage };
}

/** @throws ProviderFailure where the response is no answer. */
export function responsesAnswer(
  { request, head, apiKey, longCache, regional }: LiveCall,
  response: unknown,
): LiveAnswer {
  const { refusal, ...said } = readWhole(request, apiKey, response, { longCache, regional });
  return toChatAnswer(head, said, { refusal, said: isRecord(response) ? response.usage : undefined });
}

function readWhole(
  { input, upstreamModel }: ProviderRequest,
  apiKey: string,
  response: unknown,
  served: Served,
): Said {
  const parsed = responseSchema.safeParse(response);
  if (!parsed.success) throw unreadable(parsed.error.issues[0]?.path.join(".") ?? "body");
  const {
    status,
    model,
    output,
    usage,
    service_tier: serviceTier,
    incomplete_details: details,
  } = parsed.data;
  assertEnded(status, parsed.data);
  const names = toolNames(input, chatNames);
  const texts: string[] = [];
  const refusals: string[] = [];
  const toolCalls: ToolCall[] = [];
  const thoughts: string[] = [];
  let encrypted: string[] = [];
  for (const item of output) {
    if (item.type === "reasoning") {
      if (typeof item.encrypted_content === "string") encrypted.push(item.encrypted_content);
      for (const part of must(summarySchema, item.summary ?? undefined, "output.summary") ?? [])
        if (part.text) thoughts.push(part.text);
    } else if (item.type === "message") {
      for (const part of must(messageSchema, item, "output.content").content) {
        if (part.text !== undefined) texts.push(part.text);
        if (part.refusal !== undefined) refusals.push(part.refusal);
      }
    } else if (item.type === "function_call") {
      const call = must(callSchema, item, "output.function_call");
      const id = idWithReasoning({ upstreamModel, apiKey }, call.call_id, encrypted);
      const named = { name: names.fromProvider(call.name), arguments: call.arguments || "{}" };
      toolCalls.push(must(toolCallSchema, { id, type: "function", function: named }, "output.function_call"));
      encrypted = [];
    }
  }
  const content = texts.join("") || null;
  const refusal = refusals.join("") || null;
  return withinCalls(input, {
    content,
    refusal,
    reasoning: thoughts.join(BETWEEN_THOUGHTS) || undefined,
    toolCalls,
    finishReason: responsesFinishReason(
      status,
      details?.reason,
      content !== null || refusal !== null,
      toolCalls.length > 0,
    ),
    usage: responsesUsage(usage, { ...served, serviceTier }),
    upstreamModel: model,
  });
}

const incompleteReasons: Record<string, FinishReason> = {
  max_output_tokens: "length",
  content_filter: "content_filter",
};

/** Chat's words for how a response ended. */
export function responsesFinishReason(
  status: string,
  incomplete: string | null | undefined,
  hasContent: boolean,
  hasCalls: boolean,
): FinishReason {
  const known = status === "completed" ? "stop" : incompleteReasons[incomplete ?? ""];
  return toFinishReason("openai", known, hasContent, hasCalls);
}

/** @throws ProviderFailure where it failed, or has not ended at all. */
export function assertEnded(status: unknown, { error }: { error?: unknown }): void {
  if (status === "completed" || status === "incomplete") return;
  if (status === "failed") {
    throw failureOfEvent("openai", { error: isRecord(error) ? error : {} }, { ownMessages: 0 });
  }
  throw new ProviderFailure("invalid_response", { provider: "openai", detail: "status", ...bought });
}

function must<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unreadable(where);
  return parsed.data;
}

function unreadable(where: string): ProviderFailure {
  return new ProviderFailure("invalid_response", {
    provider: "openai",
    detail: `schema: ${where}`,
    ...bought,
  });
}
