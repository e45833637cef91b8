import { AppError } from "@agathaai/core/platform";
import type { RestContext } from "../call";
import type { RestProcedure } from "../operations";
import { readJsonBody } from "./read-json-body";

/**
 * One input object from path, query and body. Path parameters cannot be overridden from the body; a query belongs to
 * GET and DELETE only.
 */
export async function readInput(c: RestContext, { operation, coerceQuery }: RestProcedure): Promise<unknown> {
  if (operation.method === "POST" && !operation.headers?.includes("Idempotency-Key")) refuseIdempotencyKey(c);
  const path = c.req.param();
  const query = readQuery(c.req.url);
  if (operation.method === "GET" || operation.method === "DELETE") return merge(coerceQuery(query), path);
  const [unexpected] = Object.keys(query);
  if (unexpected !== undefined) throw unknownParameter(unexpected);
  const body = await readJsonBody(c.env.incoming);
  if (body === undefined) return path;
  // Not an object: the schema refuses it with its own words.
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return merge(body, path);
}

/** A caller that sends the header relies on it: better to refuse than to create a second key or session on a repeat. */
function refuseIdempotencyKey(c: RestContext): void {
  if (c.req.header("idempotency-key") === undefined) return;
  throw new AppError("invalid_request", {
    public:
      "This call does not support Idempotency-Key: repeating it would not return the first response. Omit the header.",
    param: "Idempotency-Key",
  });
}

function merge(given: object, path: Record<string, string>): object {
  for (const name of Object.keys(path)) {
    if (Object.hasOwn(given, name)) throw unknownParameter(name);
  }
  return Object.keys(path).length === 0 ? given : { ...given, ...path };
}

function readQuery(url: string): Record<string, string | string[]> {
  const start = url.indexOf("?");
  if (start === -1) return {};
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const before = Object.hasOwn(query, name) ? query[name] : undefined;
    Object.defineProperty(query, name, {
      value: before === undefined ? value : [before, value].flat(),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return query;
}

function unknownParameter(param: string): AppError {
  return new AppError("unknown_parameter", { public: `Unknown parameter: ${param}.`, param });
}
