import type { DirectoryPrincipal, PageOfAll } from "@agathaai/core/company-sign-in";
import { type Db, fromPublicId, type IdPrefix } from "@agathaai/core/platform";
import SCIMMY from "scimmy";
import { z } from "zod";
import { parseInput } from "../errors/describe-invalid";
import { isAttributeName } from "./attribute-names";
import { DEFAULT_PAGE, MAX_PAGE } from "./protocol";
import { ScimError } from "./scim-error";
import { isKnown, type Preconditions } from "./versions";

/** One call of a directory, with its body read. */
export interface ScimCall {
  db: Db;
  principal: DirectoryPrincipal;
  query: URLSearchParams;
  preconditions: Preconditions;
  body: () => Promise<unknown>;
}

export interface ScimAnswer {
  status: 200 | 201 | 204 | 304;
  body?: unknown;
  location?: string;
  version?: string;
}

/** What was asked for, or that the caller has it already. */
export function unlessKnown(
  { preconditions }: ScimCall,
  answer: ScimAnswer & { version: string },
): ScimAnswer {
  const { version } = answer;
  return isKnown(preconditions, version) ? { status: 304, version } : answer;
}

/** What can be done to all resources of one kind, and to one of them. */
export interface ScimResource {
  list(call: ScimCall): Promise<ScimAnswer>;
  create(call: ScimCall): Promise<ScimAnswer>;
  read(call: ScimCall, id: string): Promise<ScimAnswer>;
  replace(call: ScimCall, id: string): Promise<ScimAnswer>;
  patch(call: ScimCall, id: string): Promise<ScimAnswer>;
  remove(call: ScimCall, id: string): Promise<ScimAnswer>;
}

const whole = z
  .string()
  .regex(/^-?\d{1,9}$/, "must be a whole number")
  .transform(Number);
/** Less than one is one, and less than nothing is nothing (RFC 7644 §3.4.2.4). */
const pageSchema = z.object({
  startIndex: whole.transform((value) => Math.max(1, value)).default(1),
  count: whole.transform((value) => Math.min(MAX_PAGE, Math.max(0, value))).default(DEFAULT_PAGE),
});

/** @throws AppError that names the parameter. */
export function readPaging(query: URLSearchParams) {
  const named = (name: string) => query.get(name) ?? undefined;
  return parseInput(pageSchema, { startIndex: named("startIndex"), count: named("count") });
}

const KNOWN_SCHEMA = /^urn:ietf:params:scim:schemas:(core|extension:enterprise):2\.0:(User|Group):/i;

/** Which attributes are asked for, as the library takes it. @throws ScimError `invalidValue`. */
export function readAttributes(query: URLSearchParams): SCIMMY.Types.Filter | undefined {
  const [only, without] = [query.get("attributes"), query.get("excludedAttributes")];
  const names = (only || without || "").split(",").map((name) => name.trim());
  if (names.join("") === "") return undefined;
  const fine =
    names.length <= 50 &&
    names.every((name) => name.length <= 200 && isAttributeName(name.replace(KNOWN_SCHEMA, "")));
  if (!fine) throw new ScimError("invalidValue", "attributes: must be names, separated by commas.");
  return new SCIMMY.Types.Filter(names.map((name) => `${name} ${only ? "pr" : "np"}`).join(" and "));
}

export function listAnswer(
  { total, items }: PageOfAll<unknown>,
  { startIndex }: { startIndex: number },
): ScimAnswer {
  const body = {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: total,
    startIndex,
    itemsPerPage: items.length,
    Resources: items,
  };
  return { status: 200, body };
}

/** Null for a text that is none of our ids: there is no such resource. */
export function idOrNull(prefix: IdPrefix, text: string): string | null {
  try {
    return fromPublicId(prefix, text);
  } catch {
    return null;
  }
}
