import { assertModelAllowed, type Model } from "../../models";
import { AppError } from "../../platform/errors";
import type { Principal } from "../../platform/principal";
import type { ChatRequest } from "./chat";
import { checkConversation } from "./check-conversation";
import { floorInputTokens, outputLimit } from "./estimate-tokens";
import { checkProviderLimits } from "./provider-limits";

/**
 * What a schema cannot know: whether this caller may use the model, whether the conversation is one, and whether the
 * model can do what is asked. Runs before anything is written or reserved.
 *
 * @throws AppError `model_not_allowed`, `unsupported_parameter`, `invalid_request`, `context_length_exceeded`; `param`
 *   names the field.
 */
export function checkRequest(request: ChatRequest, model: Model, principal: Principal): void {
  assertModelAllowed(model.id, principal.kind === "key" ? principal.models : []);
  checkConversation(request);
  checkCapabilities(request, model);
  checkProviderLimits(request, model);
  checkLengths(request, model);
}

function checkCapabilities(request: ChatRequest, model: Model): void {
  const { capabilities } = model;
  const refuse = (param: string, what: string) => {
    const successor =
      model.retired && model.successor !== null ? ` Its successor ${model.successor} may.` : "";
    return new AppError("unsupported_parameter", {
      public: `${model.id} does not support ${what}.${successor}`,
      param,
    });
  };

  const image = capabilities.vision ? undefined : firstImage(request);
  if (image !== undefined) throw refuse(image, "images");
  if (request.tools !== undefined && !capabilities.tools) throw refuse("tools", "tools");
  if (!capabilities.temperature) {
    if (request.temperature !== undefined) throw refuse("temperature", "temperature");
    if (request.top_p !== undefined) throw refuse("top_p", "top_p");
  }
  const format = request.response_format?.type;
  if (format !== undefined && format !== "text" && !capabilities[format]) {
    throw refuse("response_format.type", `response_format "${format}"`);
  }
}

function checkLengths(request: ChatRequest, model: Model): void {
  const count = (value: number) => value.toLocaleString("en-US");
  if (request.max_tokens !== undefined && request.max_tokens > model.maxOutputTokens) {
    throw new AppError("invalid_request", {
      public: `max_tokens must be at most ${count(model.maxOutputTokens)} for ${model.id}.`,
      param: "max_tokens",
    });
  }
  const input = floorInputTokens(request);
  const output = outputLimit(request, model);
  if (input + output <= model.contextWindow) return;
  throw new AppError("context_length_exceeded", {
    public:
      `${model.id} holds ${count(model.contextWindow)} tokens of input and output together. The messages come to at ` +
      `least ${count(input)} and ${count(output)} are for the answer. Shorten the messages or lower max_tokens.`,
    param: request.max_tokens !== undefined && input < model.contextWindow ? "max_tokens" : "messages",
  });
}

function firstImage(request: ChatRequest): string | undefined {
  for (const [index, message] of request.messages.entries()) {
    if (message.role !== "user" || typeof message.content === "string") continue;
    const part = message.content.findIndex(({ type }) => type === "image_url");
    if (part >= 0) return `messages[${index}].content[${part}]`;
  }
  return undefined;
}
