import { createHash } from "node:crypto";
import { array, first, firstOf, isObject, type Json, objects, textOf, unknownName } from "../rules";
import { openApiSchemaProblem, responseSchemaProblem } from "./gemini-schema-rules";

/**
 * What Gemini refuses with 400, from its API reference, its guides on function calling and thought signatures, and
 * public reports of its error texts.
 */
export function geminiProblem(body: Json, model: string): string | undefined {
  return first(
    () => unknownField(body, ROOT, ""),
    () => configProblem(isObject(body.generationConfig) ? body.generationConfig : {}),
    () => toolsProblem(body),
    () => contentsProblem(objects(body.contents), model),
    () =>
      firstOf(objects(isObject(body.systemInstruction) ? body.systemInstruction.parts : []), (part) =>
        partProblem(part, "system_instruction"),
      ),
  );
}

const ROOT = [
  "contents",
  "systemInstruction",
  "generationConfig",
  "tools",
  "toolConfig",
  "safetySettings",
  "cachedContent",
];
const CONFIG = [
  "stopSequences",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "candidateCount",
  "maxOutputTokens",
  "temperature",
  "topP",
  "topK",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "thinkingConfig",
  "mediaResolution",
  "responseModalities",
];

function unknownField(object: Json, known: readonly string[], at: string): string | undefined {
  const name = unknownName(object, known);
  return (
    name && `Invalid JSON payload received. Unknown name "${name}"${at && ` at '${at}'`}: Cannot find field.`
  );
}

function configProblem(config: Json): string | undefined {
  const thinking = isObject(config.thinkingConfig) ? config.thinkingConfig : {};
  return first(
    () => unknownField(config, CONFIG, "generation_config"),
    () =>
      array(config.stopSequences).length > 5
        ? "Invalid value at 'generation_config.stop_sequences': at most 5 sequences."
        : undefined,
    () =>
      thinking.thinkingLevel !== undefined &&
      !["minimal", "low", "medium", "high"].includes(String(thinking.thinkingLevel).toLowerCase())
        ? "Invalid value at 'generation_config.thinking_config.thinking_level'."
        : undefined,
    () =>
      thinking.thinkingLevel !== undefined && thinking.thinkingBudget !== undefined
        ? "You can only set one of thinking_level and thinking_budget."
        : undefined,
    () =>
      config.responseSchema === undefined
        ? undefined
        : openApiSchemaProblem(config.responseSchema, "generation_config.response_schema"),
    () =>
      config.responseJsonSchema === undefined
        ? undefined
        : responseSchemaProblem(config.responseJsonSchema, "generation_config.response_json_schema"),
  );
}

const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/;

function toolsProblem(body: Json): string | undefined {
  const declared = objects(body.tools).flatMap((tool) => objects(tool.functionDeclarations));
  const names = declared.map(({ name }) => name);
  const config = isObject(body.toolConfig) ? body.toolConfig.functionCallingConfig : undefined;
  const allowed = isObject(config) ? array(config.allowedFunctionNames) : [];
  return first(
    () =>
      declared.length > 128 ? "Invalid value at 'tools': at most 128 function declarations." : undefined,
    () =>
      firstOf(declared, (each, index) =>
        declarationProblem(each, `tools[0].function_declarations[${index}]`),
      ),
    () => {
      const twice = names.find((name, index) => names.indexOf(name) < index);
      return twice === undefined ? undefined : `Duplicate function declaration found: ${twice}`;
    },
    () => {
      const unknown = allowed.find((name) => !names.includes(name));
      return unknown === undefined
        ? undefined
        : `Invalid value at 'tool_config': allowed_function_names holds "${unknown}", which is not declared.`;
    },
  );
}

function declarationProblem(declaration: Json, at: string): string | undefined {
  const { parameters, parametersJsonSchema: schema } = declaration;
  return first(
    () =>
      unknownField(
        declaration,
        ["name", "description", "parameters", "parametersJsonSchema", "response", "behavior"],
        at,
      ),
    () =>
      FUNCTION_NAME.test(textOf(declaration.name))
        ? undefined
        : `* GenerateContentRequest.${at}.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric, underscores, dots, colons or dashes, with a maximum length of 64.`,
    () =>
      parameters !== undefined && schema !== undefined ? `Only one schema may be set at '${at}'.` : undefined,
    () => (parameters === undefined ? undefined : openApiSchemaProblem(parameters, `${at}.parameters`)),
    () =>
      schema === undefined || (isObject(schema) && schema.type === "object")
        ? undefined
        : `* GenerateContentRequest.${at}.parameters_json_schema: must describe an object.`,
  );
}

function contentsProblem(contents: readonly Json[], model: string): string | undefined {
  const signed = /^gemini-([3-9]|\d\d)/.test(model);
  const lastSpoken = contents.findLastIndex(
    ({ role, parts }) =>
      role === "user" && objects(parts).some((part) => part.functionResponse === undefined),
  );
  return firstOf(contents, (content, index) =>
    first(
      () => unknownField(content, ["role", "parts"], `contents[${index}]`),
      () =>
        ["user", "model"].includes(textOf(content.role))
          ? undefined
          : "Please use a valid role: user, model.",
      () =>
        objects(content.parts).length > 0
          ? undefined
          : `* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.`,
      () =>
        firstOf(objects(content.parts), (part, at) => partProblem(part, `contents[${index}].parts[${at}]`)),
      () => turnProblem(contents, index),
      () => (signed && index > lastSpoken ? signatureProblem(content, index, model) : undefined),
      () => (signed ? foreignSignatureProblem(content, model) : undefined),
    ),
  );
}

const IMAGES = ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"];

function partProblem(part: Json, at: string): string | undefined {
  const media = [part.inlineData, part.fileData].find(isObject);
  return first(
    () =>
      unknownField(
        part,
        ["text", "inlineData", "fileData", "functionCall", "functionResponse", "thoughtSignature", "thought"],
        at,
      ),
    () => (part.text === "" ? `* GenerateContentRequest.${at}.text: must not be empty.` : undefined),
    () =>
      media === undefined || IMAGES.includes(textOf(media.mimeType))
        ? undefined
        : `Unsupported MIME type: ${textOf(media.mimeType)}`,
    () =>
      isObject(part.functionCall)
        ? unknownField(part.functionCall, ["id", "name", "args"], `${at}.function_call`)
        : undefined,
    () =>
      isObject(part.functionResponse)
        ? unknownField(part.functionResponse, ["id", "name", "response"], `${at}.function_response`)
        : undefined,
    () =>
      isObject(part.functionResponse) && !isObject(part.functionResponse.response)
        ? `Invalid value at '${at}.function_response.response' (type.googleapis.com/google.protobuf.Struct)`
        : undefined,
    () =>
      [part.functionCall, part.functionResponse].every(
        (call) => !isObject(call) || FUNCTION_NAME.test(textOf(call.name)),
      )
        ? undefined
        : `* GenerateContentRequest.${at}: Invalid function name.`,
  );
}

const callsOf = (content: Json | undefined) =>
  objects(content?.parts).flatMap(({ functionCall }) => (isObject(functionCall) ? [functionCall] : []));
const resultsOf = (content: Json | undefined) =>
  objects(content?.parts).flatMap(({ functionResponse }) =>
    isObject(functionResponse) ? [functionResponse] : [],
  );

function turnProblem(contents: readonly Json[], index: number): string | undefined {
  const content = contents[index];
  const calls = callsOf(content);
  const results = resultsOf(content);
  if (calls.length > 0) {
    if (contents[index - 1]?.role !== "user") {
      return "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
    }
    if (resultsOf(contents[index + 1]).length !== calls.length) {
      return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
    }
  }
  if (results.length === 0) return undefined;
  const asked = callsOf(contents[index - 1]);
  if (asked.length !== results.length || results.length !== objects(content?.parts).length) {
    return "Please ensure that function response turn comes immediately after a function call turn, and holds nothing else.";
  }
  const same = results.every(({ id, name }, at) => id === asked[at]?.id && name === asked[at]?.name);
  return same
    ? undefined
    : "Function responses must answer the function calls in their order, by their names and ids.";
}

export const FOREIGN_SIGNATURE = "skip_thought_signature_validator";

/** As opaque, and as tied to its call and model, as the real one. */
export function signatureOf(model: string, { id, name }: Json): string {
  const digest = createHash("sha512")
    .update(JSON.stringify([model, id, name]))
    .digest();
  return Buffer.concat([digest, digest, digest]).toString("base64");
}

function signatureProblem(content: Json, index: number, model: string): string | undefined {
  const part = objects(content.parts).find(({ functionCall }) => functionCall !== undefined);
  if (part === undefined || part.thoughtSignature !== undefined) return undefined;
  const name = isObject(part.functionCall) ? textOf(part.functionCall.name) : "";
  return `Function call is missing a thought_signature in functionCall parts. Function call \`${name}\` in the ${index + 1}. content block is missing a \`thought_signature\`. (${model})`;
}

function foreignSignatureProblem(content: Json, model: string): string | undefined {
  return firstOf(objects(content.parts), (part) => {
    const { functionCall, thoughtSignature: signature } = part;
    if (!isObject(functionCall) || signature === undefined || signature === FOREIGN_SIGNATURE)
      return undefined;
    return signature === signatureOf(model, functionCall) ? undefined : "Corrupted thought signature.";
  });
}
