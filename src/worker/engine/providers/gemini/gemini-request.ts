import { type ChatRequest, functionParameters, geminiResponseSchema } from "@agathaai/core/inference";
import { effortFor } from "@agathaai/core/models";
import { AppError } from "@agathaai/core/platform";
import {
  FunctionCallingMode,
  type FunctionDeclaration,
  type Tool as GeminiTool,
  type GenerateContentRequest,
  type GenerationConfig,
  type ToolConfig,
} from "@google/generative-ai";
import { ProviderFailure } from "../../failures/errors";
import { type ProviderRequest, present } from "../provider";
import { geminiNames, type ToolNames, toolNames } from "../wire/tool-names";
import { toGeminiContents, toInstructions } from "./gemini-contents";

/** What the API knows and the SDK's types do not. */
type GeminiConfig = GenerationConfig & {
  seed?: number;
  thinkingConfig?: { thinkingLevel?: "minimal" | "low" | "medium" | "high"; includeThoughts?: true };
  responseJsonSchema?: unknown;
  mediaResolution?: "MEDIA_RESOLUTION_LOW" | "MEDIA_RESOLUTION_HIGH";
};
type GeminiFunction = FunctionDeclaration & { parametersJsonSchema?: unknown };

/** @throws ProviderFailure `rejected` when a schema cannot be told to Gemini; our checks have refused it before. */
export function toGeminiRequest({
  input,
  upstreamModel,
  maxOutputTokens,
}: ProviderRequest): GenerateContentRequest {
  const names = toolNames(input, geminiNames);
  const instructions = toInstructions(input.messages).map((text) => ({ text }));
  const contents = toGeminiContents(input.messages, { upstreamModel, names });
  // A conversation of instructions alone is one that OpenAI answers; Gemini wants somebody to have spoken.
  const spoken = contents.length > 0;
  return {
    contents: spoken ? contents : [{ role: "user", parts: instructions }],
    generationConfig: generationConfig(input, maxOutputTokens, upstreamModel),
    ...(spoken && instructions.length > 0 && { systemInstruction: { role: "system", parts: instructions } }),
    ...(input.tools && { tools: [functionDeclarations(input.tools, names)] }),
    ...(input.tool_choice !== undefined && { toolConfig: toolConfig(input.tool_choice, names) }),
  };
}

function generationConfig(input: ChatRequest, maxOutputTokens: number, upstreamModel: string): GeminiConfig {
  const format = input.response_format;
  return {
    maxOutputTokens,
    ...present({
      thinkingConfig: thinkingConfig(input, upstreamModel),
      mediaResolution: mediaResolution(input),
      temperature: input.temperature,
      topP: input.top_p,
      stopSequences: typeof input.stop === "string" ? [input.stop] : input.stop,
      seed: input.seed,
      responseMimeType: format && format.type !== "text" ? "application/json" : undefined,
      responseJsonSchema: format?.type === "json_schema" ? responseSchema(format.json_schema) : undefined,
    }),
  };
}

function thinkingConfig(input: ChatRequest, upstreamModel: string): GeminiConfig["thinkingConfig"] {
  const level = effortFor(upstreamModel, input.reasoning_effort);
  const levels = ["minimal", "low", "medium", "high"] as const;
  const known = levels.find((each) => each === level);
  if (known === undefined && input.include_reasoning !== true) return undefined;
  return {
    ...(known !== undefined && { thinkingLevel: known }),
    ...(input.include_reasoning === true && { includeThoughts: true }),
  };
}

/** One for the whole request: the finest that any of its images asks for. */
function mediaResolution({ messages }: ChatRequest): GeminiConfig["mediaResolution"] {
  const details = messages.flatMap(({ role, content }) =>
    role === "user" && Array.isArray(content)
      ? content.flatMap((part) => (part.type === "image_url" ? [part.image_url.detail ?? "auto"] : []))
      : [],
  );
  if (details.includes("high")) return "MEDIA_RESOLUTION_HIGH";
  return details.length > 0 && details.every((detail) => detail === "low")
    ? "MEDIA_RESOLUTION_LOW"
    : undefined;
}

type JsonSchemaFormat = Extract<NonNullable<ChatRequest["response_format"]>, { type: "json_schema" }>;

function responseSchema({ schema, description, strict = false }: JsonSchemaFormat["json_schema"]): unknown {
  try {
    const converted = geminiResponseSchema(schema, { at: "response_format.json_schema.schema", strict });
    return description === undefined ? converted : { description, ...converted };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new ProviderFailure("rejected", {
      provider: "gemini",
      detail: "schema",
      publicCode: error.code,
      publicMessage: error.public,
      publicParam: error.param,
    });
  }
}

/** As given: Gemini shows the model a function's schema, with every keyword there is. */
function functionDeclarations(tools: NonNullable<ChatRequest["tools"]>, names: ToolNames): GeminiTool {
  return {
    functionDeclarations: tools.map(({ function: { name, description, parameters } }): GeminiFunction => {
      const schema = functionParameters(parameters);
      return {
        name: names.toProvider(name),
        ...present({ description, parametersJsonSchema: schema }),
      };
    }),
  };
}

function toolConfig(choice: NonNullable<ChatRequest["tool_choice"]>, names: ToolNames): ToolConfig {
  if (typeof choice === "object") {
    const allowedFunctionNames = [names.toProvider(choice.function.name)];
    return { functionCallingConfig: { mode: FunctionCallingMode.ANY, allowedFunctionNames } };
  }
  const modes = {
    none: FunctionCallingMode.NONE,
    auto: FunctionCallingMode.AUTO,
    required: FunctionCallingMode.ANY,
  };
  return { functionCallingConfig: { mode: modes[choice] } };
}
