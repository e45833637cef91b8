import { AppError, type ErrorCode, errorTable } from "@agathaai/core/platform";
import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** @throws AppError that names the invalid field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw describeInvalid(parsed.error);
}

/** Turns a failed parse into one error: the actual problem, and the field as the customer wrote it. */
export function describeInvalid(error: { issues: readonly Issue[] }): AppError {
  const issue = deepest(error.issues);
  if (issue === undefined) {
    return new AppError("invalid_request", { public: "The request is not valid.", cause: error });
  }
  if (issue.code === "unrecognized_keys") {
    const param = formatPath([...issue.path, issue.keys[0] ?? ""]);
    return new AppError("unknown_parameter", { public: `Unknown parameter: ${param}.`, param, cause: error });
  }
  const param = formatPath(issue.path);
  return new AppError(appCodeOf(issue), {
    public: sentence(param, issue.message),
    param: param === "" ? undefined : param,
    cause: error,
  });
}

/** `["messages", 0, "content"]` → `messages[0].content`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

/**
 * Follows a union into the branch the customer meant: of those whose outermost type fits, the one with the deepest issue. A
 * union without such a branch is reported as a whole.
 */
function deepest(issues: readonly Issue[]): Issue | undefined {
  const [first] = issues;
  if (first === undefined) return undefined;
  const whole = { ...first, path: [...first.path] };
  if (whole.code !== "invalid_union" || whole.errors.length === 0) return whole;
  const meant = whole.errors
    .filter((branch) => branch[0] !== undefined && !rejectsType(branch[0]))
    .sort((a, b) => depth(b) - depth(a))[0];
  if (meant === undefined) return { ...whole, message: wrongKind(whole.errors) };
  const inner = deepest(meant);
  return inner === undefined ? whole : { ...inner, path: [...whole.path, ...inner.path] };
}

function rejectsType(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === "invalid_type";
}

function depth(branch: readonly Issue[]): number {
  return Math.max(...branch.map((issue) => issue.path.length + (issue.code === "invalid_union" ? 1 : 0)));
}

const KIND = /^must be (?<kind>.+), not (?<actual>.+)\.$/;

function wrongKind(branches: readonly (readonly Issue[])[]): string {
  const parts = branches.map((branch) => KIND.exec(branch[0]?.message ?? "")?.groups);
  const kinds = [...new Set(parts.map((part) => part?.kind).filter((kind) => kind !== undefined))];
  const actual = parts[0]?.actual;
  if (kinds.length === 0 || actual === undefined) return branches[0]?.[0]?.message ?? "is not valid.";
  return `must be ${kinds.join(" or ")}, not ${actual}.`;
}

function appCodeOf(issue: Issue): ErrorCode {
  const code: unknown = issue.code === "custom" ? issue.params?.appCode : undefined;
  return typeof code === "string" && Object.hasOwn(errorTable, code)
    ? (code as ErrorCode)
    : "invalid_request";
}

/** A schema's own message is either a whole sentence, kept as it is, or a predicate that follows the field's name. */
function sentence(param: string, message: string): string {
  if (/^[A-Z]/.test(message)) return message;
  const subject = param === "" ? "The request body" : param;
  const predicate = /^(must|is|has|needs|does|cannot)\b/.test(message) ? ` ${message}` : `: ${message}`;
  return `${subject}${predicate}${/[.!?…]$/.test(message) ? "" : "."}`;
}
