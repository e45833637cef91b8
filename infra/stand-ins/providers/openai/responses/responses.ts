import { randomUUID } from "node:crypto";
import { fingerprint, type Question, reply } from "../../answer";
import { plainModel } from "../../failures";
import type { Completion, Outcome, SimulatedRequest } from "../../protocol";
import { isObject } from "../../rules";
import { failure } from "../openai-refusals";
import { encryptReasoning } from "./reasoning";
import { failedEvent, type ResponseHead, responseEvents, wholeResponse } from "./responses-answer";
import { itemsOf, itemText, type ResponsesBody, responsesBodySchema } from "./responses-body";
import { responsesProblem } from "./responses-rules";

/** `POST /v1/responses`, as far as it keeps nothing: functions, formats, images, reasoning given back encrypted. */
export function respond({ body, headers }: SimulatedRequest, outcome: Outcome): Completion {
  const parsed = responsesBodySchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refused(`Invalid '${issue?.path.join(".")}': ${issue?.message}`, issue?.path.join(".") ?? null);
  }
  const call = parsed.data;
  const model = plainModel(call.model);
  const thinker = { model, authorization: headers.authorization };
  const wrong = isObject(body) ? responsesProblem(body, thinker) : undefined;
  if (wrong !== undefined) return refused(wrong.message, wrong.param, wrong.code);
  if (outcome === "filter-prompt") {
    const message = "Invalid prompt: your prompt was flagged as potentially violating our usage policy.";
    return refused(message, null, "invalid_prompt");
  }
  const question = read(call, model);
  const answer = reply(question, outcome === "filter");
  const mark = fingerprint(question).slice(0, 32);
  const head: ResponseHead = {
    id: `resp_${mark}`,
    created_at: Math.floor(Date.now() / 1_000),
    model,
    service_tier: call.service_tier ?? "default",
  };
  const givesBack = question.thinks && (call.include ?? []).includes("reasoning.encrypted_content");
  const encrypted = givesBack ? encryptReasoning(thinker, mark) : undefined;
  const counts = outcome !== "no-usage";
  const tokens = answer.usage.output + answer.usage.reasoning;
  const ids = { "x-request-id": randomUUID().replaceAll("-", "") };
  if (!call.stream) {
    return { kind: "whole", body: wholeResponse(head, answer, encrypted, counts), tokens, headers: ids };
  }
  return {
    kind: "stream",
    contentType: "text/event-stream; charset=utf-8",
    chunks: responseEvents(head, answer, encrypted, counts),
    error: failedEvent(head),
    tokens,
    headers: ids,
  };
}

function refused(message: string, param: string | null, code: string | null = null): Completion {
  return { kind: "refused", answer: failure(400, message, "invalid_request_error", code, param) };
}

/** What the user said last, in which a test hides what is to go wrong. */
export function responsesPrompt(body: unknown): { text: string; model: string } | undefined {
  const parsed = responsesBodySchema.safeParse(body);
  if (!parsed.success) return undefined;
  const last = itemsOf(parsed.data).findLast(({ role }) => role === "user");
  return { text: last === undefined ? "" : itemText(last), model: parsed.data.model };
}

function read(call: ResponsesBody, model: string): Question {
  const offered = (call.tools ?? []).map(({ name, parameters }) => ({ name, schema: parameters ?? {} }));
  const choice = call.tool_choice ?? (offered.length > 0 ? "auto" : "none");
  const items = itemsOf(call);
  const format = call.text?.format;
  return {
    model,
    messages: items
      .filter(({ type }) => type !== "reasoning")
      .map((item) => ({ role: item.role ?? roleOf(item.type), content: itemText(item) })),
    images: items.flatMap(({ content }) =>
      Array.isArray(content) ? content.filter(({ type }) => type === "input_image") : [],
    ).length,
    maxTokens: call.max_output_tokens ?? undefined,
    seed: undefined,
    stop: [],
    tools: {
      choice:
        typeof choice === "object" || choice === "required" ? "any" : choice === "auto" ? "auto" : "none",
      offered: typeof choice === "object" ? offered.filter(({ name }) => name === choice.name) : offered,
    },
    format:
      format?.type === "json_object"
        ? { kind: "json" }
        : format?.type === "json_schema"
          ? { kind: "schema", schema: format.schema }
          : { kind: "text" },
    shows: typeof call.reasoning?.summary === "string",
    thinks: /^(o\d|gpt-([5-9]|\d\d))/.test(model) && call.reasoning?.effort !== "none",
  };
}

function roleOf(type: string | undefined): string {
  return type === "function_call_output" ? "tool" : "assistant";
}
