import type { Completion } from "@agathaai/core/inference";
import { GoogleGenerativeAI } from "@google/generative-ai";
import { ProviderFailure } from "../../failures/errors";
import { callProvider, installProviderFetch } from "../../transport";
import type { LiveProtocol, ProviderModule } from "../live-protocol";
import { type Provider, type ProviderAccess, type ProviderRequest, withinCalls } from "../provider";
import { toChatAnswer } from "../wire/chat-answer";
import { unbilled } from "../wire/chat-completions";
import { GeminiAnswer, NUMBER_PREFIX } from "./gemini-answer";
import { geminiEmbeddings } from "./gemini-embeddings";
import { toGeminiRequest } from "./gemini-request";
import { GeminiStream } from "./gemini-stream";

export const gemini: ProviderModule = {
  connect: geminiProvider,
  live: geminiLive(),
  embeddings: geminiEmbeddings,
};

/** @throws ProviderFailure when the prompt was refused, or the response is broken off or not Gemini's. */
export function toGeminiCompletion(request: ProviderRequest, response: unknown): Completion {
  const {
    completion: { usage, ...rest },
  } = readWhole(request, response);
  if (usage === undefined) throw unbilled("gemini");
  return { ...rest, usage };
}

function readWhole(request: ProviderRequest, response: unknown) {
  const answer = new GeminiAnswer(request);
  const { thoughts, text, toolCalls } = answer.read(response);
  const finishReason = answer.close();
  const { usage, said, upstreamModel } = answer;
  const completion = {
    content: text || null,
    reasoning: thoughts || undefined,
    toolCalls,
    finishReason,
    usage,
    upstreamModel,
  };
  return { completion: withinCalls(request.input, completion), said };
}

function geminiProvider({ apiKey, baseUrl }: ProviderAccess): Provider {
  const client = apiKey ? new GoogleGenerativeAI(apiKey) : undefined;
  installProviderFetch();
  return {
    name: "gemini",
    async complete(request, options) {
      if (!client) throw new ProviderFailure("auth", { provider: "gemini", detail: "no API key is set" });
      const body = toGeminiRequest(request);
      const response = await callProvider(
        "gemini",
        options,
        async (signal) => {
          const model = client.getGenerativeModel({ model: request.upstreamModel }, { baseUrl });
          return (await model.generateContent(body, { signal })).response;
        },
        { numberPrefix: NUMBER_PREFIX },
      );
      return toGeminiCompletion(request, response);
    },
  };
}

function geminiLive(): LiveProtocol {
  return {
    numberPrefix: NUMBER_PREFIX,
    request: ({ request, stream, apiKey }) => ({
      path: `/v1beta/models/${encodeURIComponent(request.upstreamModel)}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
      headers: { "x-goog-api-key": apiKey },
      body: JSON.stringify(toGeminiRequest(request)),
      ownMessages: 0,
    }),
    reader: (call) => new GeminiStream(call),
    answer: ({ request, head }, response) => {
      const { completion, said } = readWhole(request, response);
      return toChatAnswer(head, completion, { said });
    },
  };
}
