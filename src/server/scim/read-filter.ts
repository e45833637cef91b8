import SCIMMY from "scimmy";
import { ScimError } from "./scim-error";

const MAX_FILTER = 1_000;
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:(User|Group):/i;

/**
 * The comparisons of a filter, by attribute in lower case (`emails.value`), all of which have to hold. Only `eq` and `and` are
 * there: what directories ask for before they add somebody. Texts are encrypted, so nothing else could be answered by an index.
 * @throws ScimError `invalidFilter`.
 */
export function readFilter(
  text: string | undefined,
  attributes: readonly string[],
): ReadonlyMap<string, string | boolean> {
  if (text === undefined) return new Map();
  // NUL is in no text that we keep, and PostgreSQL refuses it.
  if (text.length > MAX_FILTER || text.includes("\u0000")) throw refused(attributes);
  const [only, ...others]: unknown[] = new SCIMMY.Types.Filter(text);
  if (others.length > 0 || !isRecord(only)) throw refused(attributes);
  const comparisons = new Map<string, string | boolean>();
  for (const [name, value] of flatten(only)) {
    if (!attributes.includes(name)) throw refused(attributes);
    comparisons.set(name, value);
  }
  return comparisons;

  function flatten(expression: Record<string, unknown>, parent = ""): [string, string | boolean][] {
    return Object.entries(expression).flatMap(([name, part]): [string, string | boolean][] => {
      const path = `${parent}${name.replace(CORE, "")}`.toLowerCase();
      if (isRecord(part)) return flatten(part, `${path}.`);
      // Of an address we keep one, whatever its type is called.
      if (path === "emails.type") return [];
      if (!Array.isArray(part) || part.length !== 2 || part[0] !== "eq") throw refused(attributes);
      const value: unknown = part[1];
      if (typeof value !== "string" && typeof value !== "boolean") throw refused(attributes);
      return [[path === "emails" ? "emails.value" : path, value]];
    });
  }
}

/** A text that the filter compares with. @throws ScimError `invalidFilter`. */
export function textIn(comparisons: ReadonlyMap<string, string | boolean>, name: string): string | undefined {
  const value = comparisons.get(name);
  if (value === undefined || typeof value === "string") return value;
  throw new ScimError("invalidFilter", `filter: ${name} is compared with a text.`);
}

function refused(attributes: readonly string[]): ScimError {
  return new ScimError(
    "invalidFilter",
    `filter: use eq, joined by and, on these attributes: ${attributes.join(", ")}.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
