import { array, first, firstOf, isObject, type Json, objects, textOf } from "../rules";
import { type Flavor, NAME, nameProblem, type Problem, problem, tooLong } from "./openai-problem";

export function toolsProblem(body: Json, flavor: Flavor): Problem | undefined {
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
    () => firstOf(tools, (tool, index) => toolProblem(tool, `tools[${index}].function`, flavor)),
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

function toolProblem(tool: Json, at: string, flavor: Flavor): Problem | undefined {
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
      flavor === "openai" && textOf(description).length > 1_024
        ? tooLong(`${at}.description`, "string", 1_024, textOf(description).length)
        : undefined,
    () => {
      if (!isObject(schema))
        return schema === undefined && flavor === "openai" ? undefined : invalid("it is missing.");
      if (schema.type !== "object")
        return invalid(
          `schema must be a JSON Schema of 'type: "object"', got 'type: "${schema.type ?? "None"}"'.`,
        );
      if (!isObject(schema.properties)) return invalid("In context=(), object schema missing properties.");
      const top = flavor === "openai" && NOT_AT_THE_TOP.some((keyword) => schema[keyword] !== undefined);
      if (top)
        return invalid(
          "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
        );
      const strictly = flavor === "openai" && strict === true ? strictProblem(schema, "()") : undefined;
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

export function formatProblem(format: Json, flavor: Flavor): Problem | undefined {
  if (format.type !== "json_schema") return undefined;
  if (flavor === "deepseek")
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
