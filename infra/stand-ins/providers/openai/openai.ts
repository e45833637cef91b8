import { randomUUID } from "node:crypto";
import { fingerprint, type Question, reply } from "../answer";
import { plainModel } from "../failures";
import type { Answer, Completion, Protocol, SimulatedRequest } from "../protocol";
import { isObject } from "../rules";
import { type Simulator, type SimulatorOptions, serveSimulator } from "../serve";
import { deepSeekThinks } from "./deepseek-thinking";
import { streamed, whole } from "./openai-chat-answer";
import { type ChatBody, chatBodySchema, textOf } from "./openai-chat-body";
import { embed, embeddingSchema, isEmbeddings } from "./openai-embeddings";
import type { Flavor } from "./openai-problem";
import { authenticate, failure, refuse } from "./openai-refusals";
import { chatProblem } from "./openai-rules";
import { respond, responsesPrompt } from "./responses/responses";

/**
 * Starts a server that speaks OpenAI's Chat Completions, embeddings and Responses APIs, or the first as DeepSeek speaks it
 * (without `/v1`).
 */
export function startOpenAiSimulator(options: SimulatorOptions & { flavor?: Flavor }): Promise<Simulator> {
  return serveSimulator(chatCompletions(options.flavor ?? "openai"), options);
}

const MODELS: Record<Flavor, string[]> = {
  openai: [
    "gpt-3.5-turbo",
    "gpt-4",
    "gpt-4-turbo",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-5",
    "gpt-5-mini",
    "o3",
    "o4-mini",
  ],
  deepseek: ["deepseek-chat", "deepseek-reasoner", "deepseek-flash", "deepseek-v4-pro"],
};

function chatCompletions(flavor: Flavor): Protocol {
  return {
    authenticate: (request) => authenticate(flavor, request),
    other: (request) => other(flavor, request),
    prompt: ({ body, url }) => {
      const asked = isResponses(flavor, url) ? responsesPrompt(body) : undefined;
      if (asked !== undefined) return asked;
      const embedded = embeddingSchema.safeParse(body);
      if (embedded.success) return { text: String(embedded.data.input[0]), model: embedded.data.model };
      const parsed = chatBodySchema.safeParse(body);
      if (!parsed.success) return { text: "", model: "" };
      const last = parsed.data.messages.findLast(({ role }) => role === "user");
      return { text: textOf(last?.content), model: parsed.data.model };
    },
    complete: (request, outcome) => {
      if (isEmbeddings(flavor, request.url)) return embed(request, outcome);
      if (isResponses(flavor, request.url)) return respond(request, outcome);
      return complete(flavor, request, outcome);
    },
    refuse,
  };
}

function other(flavor: Flavor, { method, url }: SimulatedRequest): Answer | undefined {
  const path = url.pathname.replace(/^\/v1(?=\/)/, "");
  const isCompletion = path === "/chat/completions" || isEmbeddings(flavor, url) || isResponses(flavor, url);
  if (method === "POST" && isCompletion) return undefined;
  if (method === "GET" && path === "/models") {
    const data = MODELS[flavor].map((id) => ({
      id,
      object: "model",
      created: 1_700_000_000,
      owned_by: flavor,
    }));
    return { status: 200, body: { object: "list", data } };
  }
  return failure(404, `Invalid URL (${method} ${url.pathname})`, "invalid_request_error", null);
}

function isResponses(flavor: Flavor, { pathname }: URL): boolean {
  return flavor === "openai" && /^(\/v1)?\/responses$/.test(pathname);
}

function complete(
  flavor: Flavor,
  { body }: SimulatedRequest,
  outcome: Parameters<Protocol["complete"]>[1],
): Completion {
  const parsed = chatBodySchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message =
      body === undefined
        ? "We could not parse the JSON body of your request."
        : `Invalid '${issue?.path.join(".")}': ${issue?.message}`;
    return {
      kind: "refused",
      answer: failure(400, message, "invalid_request_error", null, issue?.path.join(".") ?? null),
    };
  }
  const call = parsed.data;
  const wrong = isObject(body) ? chatProblem(body, plainModel(call.model), flavor) : undefined;
  if (wrong !== undefined) {
    const { message, code, param } = wrong;
    // DeepSeek says what is wrong in words alone.
    const named = flavor === "openai" ? param : null;
    return { kind: "refused", answer: failure(400, message, "invalid_request_error", code, named) };
  }
  const wantsJson = call.response_format?.type === "json_object";
  if (wantsJson && !call.messages.some(({ content }) => /json/i.test(textOf(content)))) {
    const message =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    return { kind: "refused", answer: failure(400, message, "invalid_request_error", null, "messages") };
  }
  if (outcome === "filter-prompt") {
    const message = "Your request was rejected as a result of our safety system.";
    return {
      kind: "refused",
      answer: failure(400, message, "invalid_request_error", "content_policy_violation"),
    };
  }
  const question = read(call, flavor);
  const answer = reply(question, outcome === "filter");
  const counts = outcome !== "no-usage";
  const head = {
    id: `chatcmpl-${fingerprint(question).slice(0, 29)}`,
    created: Math.floor(Date.now() / 1000),
    model: question.model,
    system_fingerprint: "fp_simulated",
  };
  const tokens = answer.usage.output + answer.usage.reasoning;
  const headers = { "x-request-id": randomUUID().replaceAll("-", ""), "openai-processing-ms": "1" };
  if (call.stream) {
    const chunks = streamed(flavor, call, head, answer, counts).map((chunk) => `data: ${chunk}\n\n`);
    const error = `data: ${JSON.stringify(refuse(500).body)}\n\n`;
    return {
      kind: "stream",
      contentType: "text/event-stream; charset=utf-8",
      chunks,
      error,
      tokens,
      headers,
    };
  }
  return { kind: "whole", body: whole(flavor, call, head, answer, counts), tokens, headers };
}

function read(call: ChatBody, flavor: Flavor): Question {
  const offered = (call.tools ?? []).map((tool) => ({
    name: tool.function.name,
    schema: tool.function.parameters ?? {},
  }));
  const choice = call.tool_choice ?? (offered.length > 0 ? "auto" : "none");
  const forced =
    typeof choice === "object" ? offered.filter(({ name }) => name === choice.function.name) : offered;
  const model = plainModel(call.model);
  return {
    model,
    messages: call.messages.map(({ role, content }) => ({ role, content: textOf(content) })),
    images: call.messages.flatMap(({ content }) =>
      Array.isArray(content) ? content.filter(({ type }) => type === "image_url") : [],
    ).length,
    maxTokens: call.max_completion_tokens ?? call.max_tokens ?? undefined,
    seed: call.seed ?? undefined,
    stop: typeof call.stop === "string" ? [call.stop] : (call.stop ?? []),
    tools: {
      choice:
        typeof choice === "object" || choice === "required" ? "any" : choice === "auto" ? "auto" : "none",
      offered: forced,
    },
    format: readFormat(call),
    thinks:
      flavor === "deepseek"
        ? deepSeekThinks(model, call.thinking)
        : /^(o\d|gpt-([5-9]|\d\d))/.test(model) && call.reasoning_effort !== "none",
  };
}

function readFormat({ response_format }: ChatBody): Question["format"] {
  if (response_format?.type === "json_object") return { kind: "json" };
  if (response_format?.type === "json_schema")
    return { kind: "schema", schema: response_format.json_schema?.schema };
  return { kind: "text" };
}
