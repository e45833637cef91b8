import { textOf } from "../rules";

export interface Problem {
  message: string;
  param: string | null;
  code: string | null;
}

export type Flavor = "openai" | "deepseek";

export function problem(
  message: string,
  param: string | null,
  code: string | null = "invalid_value",
): Problem {
  return { message, param, code };
}

export function tooLong(param: string, kind: string, most: number, length: number): Problem {
  const [noun, code] =
    kind === "array" ? ["an array", "array_above_max_length"] : ["a string", "string_above_max_length"];
  return problem(
    `Invalid '${param}': ${kind} too long. Expected ${noun} with maximum length ${most}, but got ${noun} with length ${length} instead.`,
    param,
    code,
  );
}

export const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

export function nameProblem(name: unknown, at: string): Problem | undefined {
  if (NAME.test(textOf(name))) return undefined;
  return problem(
    `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    at,
  );
}
