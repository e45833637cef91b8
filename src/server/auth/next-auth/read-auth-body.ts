import { AppError } from "@agathaai/core/platform";
import { z } from "zod";
import { limitBody } from "../../http/request/read-body";

/** Enough for an email address, a password and a callback URL. */
export const MAX_AUTH_BODY_BYTES = 64 * 1024;

const fieldsSchema = z.record(z.string(), z.union([z.string(), z.boolean().transform(String)]));

/**
 * The fields of a form or of a flat JSON object.
 * @throws AppError `payload_too_large`, `unsupported_media_type`, `invalid_json`, `invalid_request`.
 */
export async function readAuthBody(request: Request): Promise<Record<string, string>> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  // Always read to its end, because a connection with an unread body cannot carry the next request.
  const text = await limitBody(request, MAX_AUTH_BODY_BYTES).text();
  if (text === "") return {};
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(text));
  if (type === "application/json") return parseFields(text);
  throw new AppError("unsupported_media_type", {
    public: "Send the body as application/json or application/x-www-form-urlencoded.",
    param: "Content-Type",
  });
}

function parseFields(text: string): Record<string, string> {
  const fields = fieldsSchema.safeParse(parseJson(text));
  if (fields.success) return fields.data;
  throw new AppError("invalid_request", { public: "The body must be an object whose values are strings." });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("invalid_json", { public: "The body is not valid JSON." });
  }
}
