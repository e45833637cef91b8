import { z } from "zod";

/**
 * What validation says to a customer: a predicate that follows the field's name ("must be a string, not a number").
 * Schemas that state their own message keep it.
 */
function plainMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is required.";
      return `must be ${nameOf(issue.expected)}, not ${kindOf(issue.input)}.`;
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case "invalid_value":
      if (issue.input === undefined) return "is required.";
      return oneOf(issue.values);
    case "invalid_union":
      if (issue.input === undefined) return "is required.";
      return Array.isArray(issue.options) ? oneOf(issue.options) : "has a value of the wrong kind.";
    case "invalid_format":
      return `must be ${formats[issue.format] ?? "in the documented format"}.`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}.`;
    default:
      return undefined;
  }
}

const formats: Record<string, string> = {
  email: "an email address",
  url: "a URL",
  uuid: "a UUID",
  datetime: "a date and time in ISO 8601, such as 2026-01-31T12:00:00Z",
  date: "a date in ISO 8601, such as 2026-01-31",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
  cidrv4: "an IPv4 range, such as 192.0.2.0/24",
  cidrv6: "an IPv6 range, such as 2001:db8::/32",
};

const typeNames: Record<string, string> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "an array",
  null: "null",
  undefined: "missing",
};

function nameOf(type: string): string {
  return typeNames[type] ?? `a value of type ${type}`;
}

/** Names the kind of a JSON value; never the value itself, which may be content. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "a number" : "a fraction";
  if (typeof value === "boolean") return "a boolean";
  return nameOf(typeof value);
}

function tooSmall(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === "string" && minimum === 1) return "must not be empty.";
  if (origin === "array" && minimum === 1) return "must have at least one entry.";
  return `must be ${inclusive ? "at least" : "more than"} ${measure(origin, minimum)}.`;
}

function tooBig(origin: string, maximum: number, inclusive: boolean): string {
  return `must be ${inclusive ? "at most" : "less than"} ${measure(origin, maximum)}.`;
}

function measure(origin: string, amount: number): string {
  const text = amount.toLocaleString("en-US");
  if (origin === "string") return `${text} characters long`;
  if (origin === "array" || origin === "set") return `${text} entries long`;
  return text;
}

function oneOf(values: readonly unknown[]): string {
  const names = values.map((value) => JSON.stringify(value));
  return names.length === 1 ? `must be ${names[0]}.` : `must be one of ${names.join(", ")}.`;
}

/** Installs the messages for every schema of this process that states none of its own. */
export function installPlainMessages(): void {
  z.config({ customError: plainMessage });
}
