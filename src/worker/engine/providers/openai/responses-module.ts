import { ProviderFailure } from "../../failures/errors";
import { callProvider } from "../../transport";
import type { LiveCall, ProviderModule } from "../live-protocol";
import type { Provider, ProviderAccess } from "../provider";
import { askedTier } from "../wire/chat-module";
import { openAiClient } from "../wire/openai-client";
import { isRegional } from "../wire/usage";
import { responsesAnswer, toResponsesCompletion } from "./responses-answer";
import { toResponsesParams } from "./responses-request";
import { ResponsesStream } from "./responses-stream";

const PATH = "/responses";

/** OpenAI's Responses API behind the face of a chat, on both of the engine's paths. */
export const responsesModule: ProviderModule = {
  connect: responsesProvider,
  live: {
    request: ({ request, stream, extras, apiKey }) => {
      const params = toResponsesParams(request, apiKey);
      const { verbosity, ...others } = extras;
      const body = {
        ...others,
        ...params,
        ...(verbosity !== undefined && { text: { ...params.text, verbosity } }),
        ...askedTier(extras),
        ...(stream && streaming),
      };
      return {
        path: PATH,
        headers: { authorization: `Bearer ${apiKey}` },
        body: JSON.stringify(body),
        ownMessages: 0,
      };
    },
    reader: (call: LiveCall) => new ResponsesStream(call),
    answer: responsesAnswer,
  },
};

/** Usage needs no asking for; padding against eavesdroppers is left to TLS, as on the other API. */
const streaming = { stream: true, stream_options: { include_obfuscation: false } };

function responsesProvider({ apiKey, baseUrl }: ProviderAccess): Provider {
  const client = apiKey ? openAiClient({ apiKey, baseUrl }) : undefined;
  const served = { regional: isRegional(baseUrl) };
  return {
    name: "openai",
    async complete(request, options) {
      if (!client || !apiKey) {
        throw new ProviderFailure("auth", { provider: "openai", detail: "no API key is set" });
      }
      const body = toResponsesParams(request, apiKey);
      // The SDK's own method wants ids of items that were never kept.
      const response = await callProvider("openai", options, (signal) =>
        client.post(PATH, { body, signal, timeout: options.timeoutMs }),
      );
      return toResponsesCompletion(request, apiKey, response, served);
    },
  };
}
