import { z } from "zod";
import { splitIntoPieces } from "../../../../src/worker/engine/providers/simulator/simulator-text";
import { fingerprint, type Question, type Reply, reply } from "../answer";
import { plainModel } from "../failures";
import type { Answer, Completion, Protocol, SimulatedRequest } from "../protocol";
import { isObject } from "../rules";
import { type Simulator, type SimulatorOptions, serveSimulator } from "../serve";
import { embed, embeddingSchema } from "./gemini-embeddings";
import { authenticate, failure, refuse } from "./gemini-refusals";
import { geminiProblem, signatureOf } from "./gemini-rules";

/** Starts a server that speaks Gemini's `generateContent` and `streamGenerateContent` (SSE, and the JSON array). */
export function startGeminiSimulator(options: SimulatorOptions): Promise<Simulator> {
  return serveSimulator(generateContent, options);
}

const MODELS = ["gemini-pro", "gemini-1.5-pro", "gemini-2.0-flash", "gemini-2.5-flash", "gemini-2.5-pro"];

const partSchema = z.looseObject({
  text: z.string().optional(),
  inlineData: z.unknown().optional(),
  fileData: z.unknown().optional(),
  functionCall: z.unknown().optional(),
  functionResponse: z.unknown().optional(),
});
const contentSchema = z.looseObject({ role: z.string().optional(), parts: z.array(partSchema).default([]) });
const bodySchema = z.looseObject({
  contents: z.array(contentSchema).min(1),
  systemInstruction: z.union([z.string(), contentSchema]).optional(),
  generationConfig: z
    .looseObject({
      maxOutputTokens: z.number().int().positive().optional(),
      stopSequences: z.array(z.string()).optional(),
      seed: z.number().optional(),
      responseMimeType: z.string().optional(),
      responseSchema: z.unknown().optional(),
      responseJsonSchema: z.unknown().optional(),
      thinkingConfig: z
        .looseObject({
          thinkingBudget: z.number().optional(),
          thinkingLevel: z.string().optional(),
          includeThoughts: z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z
          .array(
            z.looseObject({
              name: z.string(),
              parameters: z.unknown().optional(),
              parametersJsonSchema: z.unknown().optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
  toolConfig: z
    .looseObject({
      functionCallingConfig: z
        .looseObject({ mode: z.string().optional(), allowedFunctionNames: z.array(z.string()).optional() })
        .optional(),
    })
    .optional(),
});
type Body = z.output<typeof bodySchema>;

const generateContent: Protocol = {
  authenticate,
  other,
  prompt: ({ body, url }) => {
    const embedded = embeddingSchema.safeParse(body);
    if (embedded.success) {
      return { text: embedded.data.requests[0]?.content.parts[0]?.text ?? "", model: path(url)?.model ?? "" };
    }
    const parsed = bodySchema.safeParse(body);
    const last = parsed.data?.contents.findLast(({ role }) => role !== "model");
    return { text: last === undefined ? "" : textOf(last), model: path(url)?.model ?? "" };
  },
  complete,
  refuse,
};

function path(url: URL): { model: string; action: string } | undefined {
  const [, model, action] =
    /^\/v1(?:beta)?\/models\/([^/:]+):(\w+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  return model === undefined || action === undefined ? undefined : { model, action };
}

function other({ method, url }: SimulatedRequest): Answer | undefined {
  const action = path(url)?.action;
  if (method === "POST" && /^(generateContent|streamGenerateContent|batchEmbedContents)$/.test(action ?? ""))
    return undefined;
  if (method === "GET" && /^\/v1(beta)?\/models$/.test(url.pathname)) {
    const models = MODELS.map((name) => ({
      name: `models/${name}`,
      displayName: name,
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 8_192,
      supportedGenerationMethods: ["generateContent", "streamGenerateContent"],
    }));
    return { status: 200, body: { models } };
  }
  return failure(404, "NOT_FOUND", `There is no ${method} ${url.pathname}.`);
}

function complete({ body, url }: SimulatedRequest, outcome: Parameters<Protocol["complete"]>[1]): Completion {
  const { model = "", action } = path(url) ?? {};
  if (action === "batchEmbedContents") return embed(body, outcome);
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `Invalid JSON payload received. ${issue?.path.join(".")}: ${issue?.message}`;
    return { kind: "refused", answer: failure(400, "INVALID_ARGUMENT", message) };
  }
  const problem = isObject(body) ? geminiProblem(body, plainModel(model)) : undefined;
  if (problem !== undefined) return { kind: "refused", answer: failure(400, "INVALID_ARGUMENT", problem) };
  const question = read(parsed.data, plainModel(model));
  const answer = reply(question, outcome === "filter" || outcome === "filter-prompt");
  const head = { modelVersion: question.model, responseId: fingerprint(question).slice(0, 22) };
  const tokens = answer.usage.output + answer.usage.reasoning;
  const bodies =
    outcome === "filter-prompt"
      ? [blocked(head, answer)]
      : action === "generateContent"
        ? [whole(head, answer)]
        : streamed(head, answer);
  const counted = outcome === "no-usage" ? bodies.map(({ usageMetadata: _, ...rest }) => rest) : bodies;
  if (action === "generateContent") return { kind: "whole", body: counted[0], tokens };
  const texts = counted.map((chunk) => JSON.stringify(chunk));
  if (url.searchParams.get("alt") === "sse") {
    return {
      kind: "stream",
      contentType: "text/event-stream",
      chunks: texts.map((text) => `data: ${text}\r\n\r\n`),
      error: `data: ${JSON.stringify(refuse(500).body)}\r\n\r\n`,
      tokens,
    };
  }
  const last = texts.length - 1;
  const chunks = texts.map(
    (text, index) => `${index === 0 ? "[" : ""}${text}${index === last ? "]" : ",\r\n"}`,
  );
  const error = `,${JSON.stringify(refuse(500).body)}]`;
  return { kind: "stream", contentType: "application/json; charset=UTF-8", chunks, error, tokens };
}

function read(call: Body, model: string): Question {
  const { generationConfig: config = {}, toolConfig, systemInstruction } = call;
  const choice = toolConfig?.functionCallingConfig;
  const declared = (call.tools ?? []).flatMap(({ functionDeclarations = [] }) => functionDeclarations);
  const offered = declared
    .filter(({ name }) => choice?.allowedFunctionNames?.includes(name) ?? true)
    .map(({ name, parameters, parametersJsonSchema }) => ({
      name,
      schema: parameters ?? parametersJsonSchema ?? {},
    }));
  const mode = choice?.mode ?? "AUTO";
  const system =
    typeof systemInstruction === "string"
      ? systemInstruction
      : systemInstruction && textOf(systemInstruction);
  const schema = config.responseSchema ?? config.responseJsonSchema;
  return {
    model,
    messages: [
      ...(system ? [{ role: "system", content: system }] : []),
      ...call.contents.map((content) => ({ role: roleOf(content), content: textOf(content) })),
    ],
    images: call.contents.flatMap(({ parts }) =>
      parts.filter(({ inlineData, fileData }) => inlineData ?? fileData),
    ).length,
    maxTokens: config.maxOutputTokens,
    seed: config.seed,
    stop: config.stopSequences ?? [],
    tools: { choice: mode === "ANY" ? "any" : mode === "AUTO" ? "auto" : "none", offered },
    format:
      config.responseMimeType !== "application/json"
        ? { kind: "text" }
        : schema === undefined
          ? { kind: "json" }
          : { kind: "schema", schema },
    shows: config.thinkingConfig?.includeThoughts === true,
    thinks:
      /^gemini-(2\.5|[3-9]|\d\d)/.test(model) &&
      config.thinkingConfig?.thinkingBudget !== 0 &&
      (!/flash-lite/.test(model) || config.thinkingConfig?.thinkingLevel !== undefined),
  };
}

type Content = z.output<typeof contentSchema>;

function roleOf({ role, parts }: Content): string {
  if (parts.some(({ functionResponse }) => functionResponse !== undefined)) return "tool";
  return role === "model" ? "assistant" : "user";
}

const textOf = ({ parts }: Content) =>
  parts
    .map(
      ({ text, functionCall, functionResponse }) =>
        text ?? JSON.stringify(functionCall ?? functionResponse ?? "") ?? "",
    )
    .filter((text) => text !== '""')
    .join("\n");

function usageOf({ usage }: Reply) {
  return {
    promptTokenCount: usage.input,
    ...(usage.cached > 0 ? { cachedContentTokenCount: usage.cached } : {}),
    candidatesTokenCount: usage.output,
    ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
    totalTokenCount: usage.input + usage.output + usage.reasoning,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: usage.input }],
  };
}

type Head = { modelVersion: string; responseId: string };

const FINISH = { stop: "STOP", tool: "STOP", length: "MAX_TOKENS", filter: "SAFETY" } as const;
const DANGEROUS = [{ category: "HARM_CATEGORY_DANGEROUS_CONTENT", probability: "HIGH", blocked: true }];

function candidate(answer: Reply, parts: unknown[], finished: boolean) {
  return {
    ...(answer.ending === "filter" ? { safetyRatings: DANGEROUS } : { content: { parts, role: "model" } }),
    ...(finished ? { finishReason: FINISH[answer.ending] } : {}),
    index: 0,
  };
}

function whole(head: Head, answer: Reply) {
  return {
    candidates: [candidate(answer, [...thoughtsOf(answer), ...partsOf(answer, head.modelVersion)], true)],
    usageMetadata: usageOf(answer),
    ...head,
  };
}

function streamed(head: Head, answer: Reply) {
  const pieces =
    answer.toolCall === undefined
      ? splitIntoPieces(answer.text ?? "").map((text) => [{ text }])
      : [partsOf(answer, head.modelVersion)];
  const thoughts = thoughtsOf(answer);
  const chunks = [...(thoughts.length > 0 ? [thoughts] : []), ...(pieces.length > 0 ? pieces : [[]])];
  return chunks.map((parts, index) => {
    // Each chunk counts the tokens so far.
    const share = (index + 1) / chunks.length;
    const output = Math.ceil(answer.usage.output * share);
    return {
      candidates: [candidate(answer, parts, index === chunks.length - 1)],
      usageMetadata: usageOf({ ...answer, usage: { ...answer.usage, output } }),
      ...head,
    };
  });
}

function blocked(head: Head, answer: Reply) {
  const { candidatesTokenCount: _, ...usageMetadata } = usageOf(answer);
  return { promptFeedback: { blockReason: "SAFETY", safetyRatings: DANGEROUS }, usageMetadata, ...head };
}

const thoughtsOf = ({ thoughts }: Reply): unknown[] =>
  thoughts === undefined ? [] : [{ text: thoughts, thought: true }];

function partsOf({ text, toolCall }: Reply, model: string): unknown[] {
  if (toolCall === undefined) return [{ text: text ?? "" }];
  const functionCall = { id: toolCall.id.slice(0, 8), name: toolCall.name, args: toolCall.args };
  const signed = /^gemini-([3-9]|\d\d)/.test(model);
  return [{ functionCall, ...(signed ? { thoughtSignature: signatureOf(model, functionCall) } : {}) }];
}
