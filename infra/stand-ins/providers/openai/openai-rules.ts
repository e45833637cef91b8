import { array, first, firstOf, isObject, type Json, objects, textOf, unknownName } from "../rules";
import { thinkingProblem } from "./deepseek-thinking";
import { type Flavor, nameProblem, type Problem, problem, tooLong } from "./openai-problem";
import { formatProblem, toolsProblem } from "./openai-tool-rules";

/**
 * What OpenAI refuses with 400, and DeepSeek where it speaks the same protocol, from their API references and public
 * reports of their error texts.
 */
export function chatProblem(body: Json, model: string, flavor: Flavor): Problem | undefined {
  return first(
    () => parametersProblem(body, model, flavor),
    () => messagesProblem(objects(body.messages), flavor),
    () => toolsProblem(body, flavor),
    () => (flavor === "deepseek" ? thinkingProblem(body, model) : undefined),
    () => formatProblem(isObject(body.response_format) ? body.response_format : {}, flavor),
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

/** Those that DeepSeek's API does not name. */
const OPENAI_ALONE = [
  "prediction",
  "verbosity",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_options",
];

function parametersProblem(body: Json, model: string, flavor: Flavor): Problem | undefined {
  const stops = array(body.stop).length;
  const most = flavor === "openai" ? 4 : 16;
  const reasons = /^(o\d|gpt-([5-9]|\d\d))/.test(model);
  const thinks = reasons && body.reasoning_effort !== "none";
  return first(
    () => {
      const known = [...PARAMETERS, ...(flavor === "openai" ? OPENAI_ALONE : ["thinking"])];
      const name = unknownName(body, known);
      return name === undefined
        ? undefined
        : problem(`Unrecognized request argument supplied: ${name}`, name, "unknown_parameter");
    },
    () => (stops > most ? tooLong("stop", "array", most, stops) : undefined),
    () =>
      flavor === "openai" && reasons && body.max_tokens !== undefined
        ? problem(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
          )
        : undefined,
    () =>
      flavor === "openai" && !reasons && body.reasoning_effort !== undefined
        ? problem(
            "Unrecognized request argument supplied: reasoning_effort",
            "reasoning_effort",
            "unknown_parameter",
          )
        : undefined,
    () => {
      const name =
        thinks && flavor === "openai" && /^gpt-6/.test(model)
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

function messagesProblem(messages: readonly Json[], flavor: Flavor): Problem | undefined {
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`;
    const role = textOf(message.role);
    const wrong = messageProblem(message, role, at, flavor);
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

function messageProblem(message: Json, role: string, at: string, flavor: Flavor): Problem | undefined {
  const fields = flavor === "deepseek" && role === "developer" ? undefined : FIELDS[role];
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
