import { first, firstOf, isObject, type Json, objects, textOf, unknownName } from "../../rules";
import { nameProblem, type Problem, problem, tooLong } from "../openai-problem";
import { formatProblem, toolsProblem } from "../openai-tool-rules";
import { canDecrypt, type Thinker } from "./reasoning";

/** What OpenAI's Responses API refuses with 400, from its reference and public reports of its error texts. */
export function responsesProblem(body: Json, thinker: Thinker): Problem | undefined {
  return first(
    () => parametersProblem(body, thinker.model),
    () => itemsProblem(objects(body.input), thinker),
    () => functionsProblem(body),
    () => textProblem(body),
  );
}

const PARAMETERS = [
  "model",
  "input",
  "instructions",
  "include",
  "max_output_tokens",
  "metadata",
  "parallel_tool_calls",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "reasoning",
  "safety_identifier",
  "service_tier",
  "store",
  "stream",
  "stream_options",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_logprobs",
  "top_p",
  "truncation",
  "user",
];

/** Chat Completions' names, and where their content went. */
const MOVED: Record<string, string> = {
  messages: "input",
  response_format: "text.format",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  reasoning_effort: "reasoning.effort",
};

const LEAST_OUTPUT = 16;

function parametersProblem(body: Json, model: string): Problem | undefined {
  const effort = isObject(body.reasoning) ? body.reasoning.effort : undefined;
  const most = body.max_output_tokens;
  return first(
    () => {
      const name = unknownName(body, PARAMETERS);
      if (name === undefined) return undefined;
      const moved = MOVED[name];
      return moved === undefined
        ? problem(`Unknown parameter: '${name}'.`, name, "unknown_parameter")
        : problem(
            `Unsupported parameter: '${name}'. In the Responses API, this parameter has moved to '${moved}'.`,
            name,
            "unsupported_parameter",
          );
    },
    () =>
      typeof most === "number" && most < LEAST_OUTPUT
        ? problem(
            `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${LEAST_OUTPUT}, but got ${most} instead.`,
            "max_output_tokens",
            "integer_below_min_value",
          )
        : undefined,
    () =>
      effort === "none" && /^gpt-6\.[1-9]-(sol|astra)/.test(model)
        ? problem(
            "Unsupported value: 'none' is not supported with this model.",
            "reasoning.effort",
            "unsupported_value",
          )
        : undefined,
    () => {
      const name = ["temperature", "top_p"].find((each) => body[each] !== undefined);
      return name !== undefined && effort !== "none" && /^gpt-6/.test(model)
        ? problem(
            `Unsupported parameter: '${name}' is not supported with this model.`,
            name,
            "unsupported_parameter",
          )
        : undefined;
    },
    () =>
      body.store !== false && body.previous_response_id === undefined
        ? problem("This stand-in keeps no responses: send store: false.", "store")
        : undefined,
  );
}

const PARTS: Record<string, readonly string[]> = {
  system: ["input_text"],
  developer: ["input_text"],
  user: ["input_text", "input_image"],
  assistant: ["output_text", "refusal"],
};

function itemsProblem(items: readonly Json[], thinker: Thinker): Problem | undefined {
  const open = new Set<string>();
  for (const [index, item] of items.entries()) {
    const at = `input[${index}]`;
    const wrong = itemProblem(item, at, thinker);
    if (wrong !== undefined) return wrong;
    const id = textOf(item.call_id);
    const next = items[index + 1];
    if (item.type === "reasoning" && (next === undefined || next.role === "user")) {
      return problem(
        "Item of type 'reasoning' was provided without its required following item.",
        "input",
        null,
      );
    }
    if (item.type === "function_call") open.add(id);
    if (item.type === "function_call_output" && !open.delete(id)) {
      return problem(`No tool call found for function call output with call_id ${id}.`, "input", null);
    }
  }
  const [unanswered] = open;
  return unanswered === undefined
    ? undefined
    : problem(`No tool output found for function call ${unanswered}.`, "input", null);
}

function itemProblem(item: Json, at: string, thinker: Thinker): Problem | undefined {
  switch (item.type ?? "message") {
    case "message":
      return messageProblem(item, at);
    case "reasoning":
      return canDecrypt(thinker, item.encrypted_content)
        ? undefined
        : problem(
            "The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
            null,
            "invalid_encrypted_content",
          );
    case "function_call":
      return first(
        () => unknownField(item, ["type", "id", "status", "call_id", "name", "arguments"], at),
        () => idProblem(item.call_id, `${at}.call_id`),
        () => nameProblem(item.name, `${at}.name`),
        () =>
          typeof item.arguments === "string"
            ? undefined
            : problem(`Invalid type for '${at}.arguments'.`, `${at}.arguments`, "invalid_type"),
      );
    case "function_call_output":
      return first(
        () => unknownField(item, ["type", "id", "status", "call_id", "output"], at),
        () => idProblem(item.call_id, `${at}.call_id`),
        () => partsProblem(item.output, ["input_text", "input_image"], `${at}.output`),
      );
    default:
      return problem(`Invalid value: '${textOf(item.type)}'.`, `${at}.type`);
  }
}

function messageProblem(message: Json, at: string): Problem | undefined {
  const role = textOf(message.role);
  const parts = PARTS[role];
  if (parts === undefined) return problem(`Invalid value: '${role}'.`, `${at}.role`);
  return first(
    () => unknownField(message, ["type", "id", "status", "role", "content", "phase"], at),
    () =>
      message.phase !== undefined && role !== "assistant"
        ? problem(`Unknown parameter: '${at}.phase'.`, `${at}.phase`, "unknown_parameter")
        : undefined,
    () => partsProblem(message.content, parts, `${at}.content`),
  );
}

function partsProblem(content: unknown, known: readonly string[], at: string): Problem | undefined {
  if (typeof content === "string") return undefined;
  if (!Array.isArray(content)) return problem(`Invalid type for '${at}'.`, at, "invalid_type");
  return firstOf(objects(content), (part, index) => {
    if (!known.includes(textOf(part.type)))
      return problem(`Invalid value: '${textOf(part.type)}'.`, `${at}[${index}].type`);
    const isImage = part.type === "input_image";
    return !isImage && textOf(part.text) === ""
      ? problem(`Invalid '${at}[${index}].text': empty.`, `${at}[${index}].text`)
      : isImage && typeof part.image_url !== "string"
        ? problem(
            `Invalid type for '${at}[${index}].image_url'.`,
            `${at}[${index}].image_url`,
            "invalid_type",
          )
        : undefined;
  });
}

function unknownField(item: Json, known: readonly string[], at: string): Problem | undefined {
  const name = unknownName(item, known);
  if (name === undefined) return undefined;
  return problem(`Unknown parameter: '${at}.${name}'.`, `${at}.${name}`, "unknown_parameter");
}

const ID_LENGTH = 64;

function idProblem(id: unknown, at: string): Problem | undefined {
  const text = textOf(id);
  if (text === "") return problem(`Missing required parameter: '${at}'.`, at, "missing_required_parameter");
  return text.length > ID_LENGTH ? tooLong(at, "string", ID_LENGTH, text.length) : undefined;
}

/** The same rules as Chat Completions', one level up, and strict where nothing is said. */
function functionsProblem(body: Json): Problem | undefined {
  const tools = objects(body.tools).map(({ type, ...tool }) => ({
    type,
    function: { ...tool, strict: tool.strict ?? true },
  }));
  const choice = isObject(body.tool_choice)
    ? { function: { name: body.tool_choice.name } }
    : body.tool_choice;
  const wrong = toolsProblem(
    {
      ...(body.tools !== undefined && { tools }),
      ...(choice !== undefined && { tool_choice: choice }),
      ...(body.parallel_tool_calls !== undefined && { parallel_tool_calls: body.parallel_tool_calls }),
    },
    "openai",
  );
  return wrong && { ...wrong, param: wrong.param?.replace(".function", "") ?? null };
}

function textProblem(body: Json): Problem | undefined {
  const text = isObject(body.text) ? body.text : {};
  const format = isObject(text.format) ? text.format : {};
  if (format.type === "json_object" && !/json/i.test(JSON.stringify(body.input))) {
    return problem(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      "input",
      null,
    );
  }
  const wrong = formatProblem({ type: format.type, json_schema: format }, "openai");
  return wrong && { ...wrong, param: "text.format.schema" };
}
