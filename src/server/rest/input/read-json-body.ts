import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { AppError } from "@agathaai/core/platform";
import { readBody } from "../../http/request/read-body";

/**
 * The body as JSON; undefined when the request has none.
 * @throws AppError `unsupported_media_type` (415), `payload_too_large` (413, declared or counted), `invalid_json` (400).
 */
export async function readJsonBody(incoming: IncomingMessage): Promise<unknown> {
  if (!hasBody(incoming)) return undefined;
  requireJson(incoming);
  const body = await readBody(incoming);
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new AppError("invalid_json", { public: "The body is not valid UTF-8." });
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new AppError("invalid_json", {
      public: "The body is not valid JSON.",
      cause: withoutContent(cause),
    });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

const jsonType = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

function requireJson({ headers }: IncomingMessage): void {
  if (!jsonType.test(headers["content-type"] ?? "")) {
    throw new AppError("unsupported_media_type", {
      public: 'Send the body as JSON, with "content-type: application/json".',
      param: "Content-Type",
    });
  }
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new AppError("unsupported_media_type", {
      public: "Send the body without compression.",
      param: "Content-Encoding",
    });
  }
}

/** V8 quotes the text around a syntax error; that text is the customer's and belongs in no log. */
function withoutContent(cause: unknown): string {
  return cause instanceof Error ? cause.name : "unreadable";
}
