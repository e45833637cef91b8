import { ScimError } from "./scim-error";

const MAX_FILTER = 1_000;
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:(User|Group):/i;
const TOKEN = /\s*(?:(?<word>[a-z$][\w$:.-]*)|(?<text>"(?:[^"\\]|\\.)*")|(?<sign>[[\]()]))/iy;

/**
 * The comparisons of a filter, by attribute in lower case (`emails.value`), all of which have to hold. Only `eq` and `and` are
 * there: what directories ask for before they add somebody. Texts are encrypted, so nothing else could be answered by an index.
 * It is read by our own hand: the library makes objects by the names in it (see `isAttributeName`).
 * @throws ScimError `invalidFilter`.
 */
export function readFilter(
  text: string | undefined,
  attributes: readonly string[],
): ReadonlyMap<string, string | boolean> {
  const comparisons = new Map<string, string | boolean>();
  if (text === undefined) return comparisons;
  const found = text.length > MAX_FILTER ? undefined : comparisonsIn(text);
  if (found === undefined) throw refused(attributes);
  for (const { path, value } of found) {
    // Of an address we keep one, whatever its type is called.
    if (path === "emails.type") continue;
    const name = path === "emails" ? "emails.value" : path;
    if (!attributes.includes(name) || comparisons.has(name)) throw refused(attributes);
    comparisons.set(name, value);
  }
  return comparisons;
}

interface Comparison {
  path: string;
  value: string | boolean;
}

/** Undefined for a text that is no such filter. */
function comparisonsIn(text: string): Comparison[] | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  let at = 0;
  const take = (wanted: string) => {
    if (tokens[at]?.toLowerCase() !== wanted) return false;
    at += 1;
    return true;
  };
  const all = (parent: string): Comparison[] | undefined => {
    const found: Comparison[] = [];
    do {
      const part = one(parent);
      if (part === undefined) return undefined;
      found.push(...part);
    } while (take("and"));
    return found;
  };
  const one = (parent: string): Comparison[] | undefined => {
    if (take("(")) {
      const inner = all(parent);
      return take(")") ? inner : undefined;
    }
    const path = `${parent}${(tokens[at++] ?? "").replace(CORE, "")}`.toLowerCase();
    if (take("[")) {
      const inner = all(`${path}.`);
      return take("]") ? inner : undefined;
    }
    if (!take("eq")) return undefined;
    const value = comparedWith(tokens[at++] ?? "");
    return value === undefined ? undefined : [{ path, value }];
  };
  const found = all("");
  return at === tokens.length ? found : undefined;
}

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  const rest = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < rest.length) {
    const { word, text: quoted, sign } = TOKEN.exec(rest)?.groups ?? {};
    const token = word ?? quoted ?? sign;
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}

function comparedWith(token: string): string | boolean | undefined {
  if (/^(true|false)$/i.test(token)) return token.toLowerCase() === "true";
  if (!token.startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(token);
    // NUL is in no text that we keep, and PostgreSQL refuses it.
    return typeof value === "string" && !value.includes("\u0000") ? value : undefined;
  } catch {
    return undefined;
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
