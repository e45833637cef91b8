import { array, first, firstOf, isObject, type Json, objects, textOf, unknownName } from "./rules";

export interface Problem {
  message: string;
  param: string | null;
  code: string | null;
}

type Flavour = "openai" | "deepseek";

/**
 * What OpenAI refuses with 400, and DeepSeek where it speaks the same protocol, from their API references and public
 * reports of their error texts.
 */
export function chatProblem(body: Json, model: string, flavour: Flavour): Problem | undefined {
  return first(
    () => parametersProblem(body, model, flavour),
    () => messagesProblem(objects(body.messages), flavour),
    () => toolsProblem(body, flavour),
    () => formatProblem(isObject(body.response_format) ? body.response_format : {}, flavour),
  );
}

function problem(message: string, param: string | null, code: string | null = "invalid_value"): Problem {
  return { message, param, code };
}

function tooLong(param: string, kind: string, most: number, length: number): Problem {
  const [noun, code] =
    kind === "array" ? ["an array", "array_above_max_length"] : ["a string", "string_above_max_length"];
  return problem(
    `Invalid '${param}': ${kind} too long. Expected ${noun} with maximum length ${most}, but got ${noun} with length ${length} instead.`,
    param,
    code,
  );
}

const PARAMETERS = [
  "model",
  "messages",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "stop",
  "seed",
  "n",
  "stream",
  "stream_options",
  "response_format",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "reasoning_effort",
  "store",
  "user",
  "metadata",
  "logprobs",
  "top_logprobs",
  "logit_bias",
  "presence_penalty",
  "frequency_penalty",
  "service_tier",
];

function parametersProblem(body: Json, model: string, flavour: Flavour): Problem | undefined {
  const stops = array(body.stop).length;
  const most = flavour === "openai" ? 4 : 16;
  const reasons = /^(o\d|gpt-([5-9]|\d\d))/.test(model);
  const thinks = reasons && body.reasoning_effort !== "none";
  return first(
    () => {
      const known = flavour === "openai" ? PARAMETERS : [...PARAMETERS, "thinking"];
      const name = unknownName(body, known);
      return name === undefined
        ? undefined
        : problem(`Unrecognized request argument supplied: ${name}`, name, "unknown_parameter");
    },
    () => (stops > most ? tooLong("stop", "array", most, stops) : undefined),
    () =>
      flavour === "openai" && reasons && body.max_tokens !== undefined
        ? problem(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
          )
        : undefined,
    () =>
      flavour === "openai" && !reasons && body.reasoning_effort !== undefined
        ? problem(
            "Unrecognized request argument supplied: reasoning_effort",
            "reasoning_effort",
            "unknown_parameter",
          )
        : undefined,
    () => {
      const name =
        thinks && flavour === "openai" && /^gpt-6/.test(model)
          ? ["temperature", "top_p"].find((each) => body[each] !== undefined)
          : undefined;
      return name === undefined
        ? undefined
        : problem(
            `Unsupported parameter: '${name}' is not supported with this model.`,
            name,
            "unsupported_parameter",
          );
    },
    () =>
      thinks && /^gpt-6/.test(model) && body.tools !== undefined
        ? problem(
            "Function tools with reasoning_effort are not supported in Chat Completions.",
            "reasoning_effort",
          )
        : undefined,
  );
}

const ID_LENGTH = 40;
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const FIELDS: Record<string, readonly string[]> = {
  system: ["role", "content", "name"],
  developer: ["role", "content", "name"],
  user: ["role", "content", "name"],
  assistant: [
    "role",
    "content",
    "name",
    "refusal",
    "tool_calls",
    "audio",
    "annotations",
    "reasoning_content",
  ],
  tool: ["role", "content", "tool_call_id"],
};

function messagesProblem(messages: readonly Json[], flavour: Flavour): Problem | undefined {
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`;
    const role = textOf(message.role);
    const wrong = messageProblem(message, role, at, flavour);
    if (wrong) return wrong;
    if (role === "tool") {
      const id = textOf(message.tool_call_id);
      if (!open.includes(id)) {
        const text =
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
        return problem(text, `${at}.role`, null);
      }
      open = open.filter((each) => each !== id);
      continue;
    }
    if (open.length > 0) return unanswered(open, at);
    open = objects(message.tool_calls).map(({ id }) => textOf(id));
  }
  return open.length > 0 ? unanswered(open, "messages") : undefined;
}

function unanswered(ids: readonly string[], param: string): Problem {
  const text = `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(", ")}`;
  return problem(text, param, null);
}

function messageProblem(message: Json, role: string, at: string, flavour: Flavour): Problem | undefined {
  const fields = flavour === "deepseek" && role === "developer" ? undefined : FIELDS[role];
  if (fields === undefined) return problem(`Invalid value: '${role}'.`, `${at}.role`);
  const calls = objects(message.tool_calls);
  return first(
    () => {
      const name = unknownName(message, fields);
      return name === undefined
        ? undefined
        : problem(`Unknown parameter: '${at}.${name}'.`, `${at}.${name}`, "unknown_parameter");
    },
    () =>
      message.name === undefined || /^[^\s<|\\/>]{1,64}$/.test(textOf(message.name))
        ? undefined
        : problem(`Invalid '${at}.name'.`, `${at}.name`),
    () => {
      const isEmpty = message.content === null || message.content === undefined;
      return isEmpty && !(role === "assistant" && calls.length > 0)
        ? problem(`Invalid value for 'content': expected a string, got null.`, `${at}.content`, null)
        : undefined;
    },
    () =>
      firstOf(objects(message.content), (part, index) =>
        part.type === "text" && textOf(part.text) === ""
          ? problem(`Invalid '${at}.content[${index}].text': empty.`, `${at}.content[${index}].text`)
          : undefined,
      ),
    () =>
      message.tool_calls !== undefined && calls.length === 0
        ? problem(`Invalid '${at}.tool_calls': empty array.`, `${at}.tool_calls`, "empty_array")
        : undefined,
    () => firstOf(calls, (call, index) => callProblem(call, `${at}.tool_calls[${index}]`)),
    () => (role === "tool" ? idProblem(message.tool_call_id, `${at}.tool_call_id`) : undefined),
  );
}

function idProblem(id: unknown, at: string): Problem | undefined {
  const text = textOf(id);
  if (text === "") return problem(`Missing required parameter: '${at}'.`, at, "missing_required_parameter");
  return text.length > ID_LENGTH ? tooLong(at, "string", ID_LENGTH, text.length) : undefined;
}

function callProblem(call: Json, at: string): Problem | undefined {
  const called = isObject(call.function) ? call.function : {};
  return first(
    () => {
      const name = unknownName(call, ["id", "type", "function"]);
      return name === undefined
        ? undefined
        : problem(`Unknown parameter: '${at}.${name}'.`, `${at}.${name}`, "unknown_parameter");
    },
    () => idProblem(call.id, `${at}.id`),
    () => nameProblem(called.name, `${at}.function.name`),
    () =>
      typeof called.arguments === "string"
        ? undefined
        : problem(`Invalid type for '${at}.function.arguments'.`, at, "invalid_type"),
  );
}

function nameProblem(name: unknown, at: string): Problem | undefined {
  if (NAME.test(textOf(name))) return undefined;
  return problem(
    `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    at,
  );
}

function toolsProblem(body: Json, flavour: Flavour): Problem | undefined {
  const tools = objects(body.tools);
  const names = tools.map((tool) => (isObject(tool.function) ? tool.function.name : undefined));
  const choice = body.tool_choice;
  return first(
    () => {
      const lonely = ["tool_choice", "parallel_tool_calls"].find(
        (name) => body[name] !== undefined && tools.length === 0,
      );
      return lonely === undefined
        ? undefined
        : problem(
            `Invalid value for '${lonely}': '${lonely}' is only allowed when 'tools' are specified.`,
            lonely,
            null,
          );
    },
    () => (tools.length > 128 ? tooLong("tools", "array", 128, tools.length) : undefined),
    () => firstOf(tools, (tool, index) => toolProblem(tool, `tools[${index}].function`, flavour)),
    () => {
      const twice = names.findIndex((name, index) => names.indexOf(name) < index);
      return twice < 0 ? undefined : problem("Tool names must be unique.", `tools[${twice}].function.name`);
    },
    () => {
      if (!isObject(choice) || !isObject(choice.function) || names.includes(choice.function.name))
        return undefined;
      return problem(`Tool choice '${choice.function.name}' not found in 'tools' parameter.`, "tool_choice");
    },
  );
}

const NOT_AT_THE_TOP = ["oneOf", "anyOf", "allOf", "enum", "const", "not"];

function toolProblem(tool: Json, at: string, flavour: Flavour): Problem | undefined {
  const { name, description, parameters: schema, strict } = isObject(tool.function) ? tool.function : {};
  const invalid = (why: string) =>
    problem(
      `Invalid schema for function '${textOf(name)}': ${why}`,
      `${at}.parameters`,
      "invalid_function_parameters",
    );
  return first(
    () => nameProblem(name, `${at}.name`),
    () =>
      flavour === "openai" && textOf(description).length > 1_024
        ? tooLong(`${at}.description`, "string", 1_024, textOf(description).length)
        : undefined,
    () => {
      if (!isObject(schema))
        return schema === undefined && flavour === "openai" ? undefined : invalid("it is missing.");
      if (schema.type !== "object")
        return invalid(
          `schema must be a JSON Schema of 'type: "object"', got 'type: "${schema.type ?? "None"}"'.`,
        );
      if (!isObject(schema.properties)) return invalid("In context=(), object schema missing properties.");
      const top = flavour === "openai" && NOT_AT_THE_TOP.some((keyword) => schema[keyword] !== undefined);
      if (top)
        return invalid(
          "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
        );
      const strictly = flavour === "openai" && strict === true ? strictProblem(schema, "()") : undefined;
      return strictly === undefined ? undefined : invalid(strictly);
    },
  );
}

/** `strict: true`: every object closed, every property required, and no keyword it does not know. */
function strictProblem(schema: unknown, context: string): string | undefined {
  if (!isObject(schema)) return undefined;
  const unknown = [
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
  ].find((keyword) => schema[keyword] !== undefined);
  if (unknown) return `In context=${context}, '${unknown}' is not permitted.`;
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (schema.type === "object") {
    if (schema.additionalProperties !== false) {
      return `In context=${context}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const missing = Object.keys(properties).find((name) => !array(schema.required).includes(name));
    if (missing)
      return `In context=${context}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
  }
  const children = [
    ...Object.values(properties),
    ...Object.values(isObject(schema.$defs) ? schema.$defs : {}),
    ...array(schema.anyOf),
    schema.items,
  ];
  return firstOf(children, (child, index) => strictProblem(child, `${context}.${index}`));
}

function formatProblem(format: Json, flavour: Flavour): Problem | undefined {
  if (format.type !== "json_schema") return undefined;
  if (flavour === "deepseek")
    return problem(
      "This response_format type is unavailable now",
      "response_format",
      "invalid_request_error",
    );
  const { name, schema, strict } = isObject(format.json_schema) ? format.json_schema : {};
  const at = "response_format.json_schema";
  if (!NAME.test(textOf(name))) return problem(`Invalid '${at}.name'.`, `${at}.name`);
  if (!isObject(schema)) return problem(`Missing required parameter: '${at}.schema'.`, `${at}.schema`);
  const invalid = (why: string) =>
    problem(
      `Invalid schema for response_format '${textOf(name)}': ${why}`,
      "response_format",
      "invalid_json_schema",
    );
  if (schema.type !== "object" && schema.$ref === undefined)
    return invalid(`schema must be a JSON Schema of 'type: "object"'.`);
  const strictly = strict === true ? strictProblem(schema, "()") : undefined;
  return strictly ? invalid(strictly) : undefined;
}
