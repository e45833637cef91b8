import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { AppError } from "@agathaai/core/platform/errors";
import { MAX_BODY_BYTES, MAX_DISCARD_BYTES } from "../../http/request/body-limits";

/** How long an oversized body may take to be read to its end before it is refused. */
const MAX_DISCARD_MS = 5_000;

/**
 * The body as JSON; undefined when the request has none.
 * @throws AppError `unsupported_media_type` (415), `payload_too_large` (413, declared or counted), `invalid_json` (400).
 */
export async function readJsonBody(incoming: IncomingMessage): Promise<unknown> {
  if (!hasBody(incoming)) return undefined;
  requireJson(incoming);
  const body = await collect(incoming);
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

function collect(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let tooLarge = Number(incoming.headers["content-length"] ?? 0) > MAX_BODY_BYTES;
    let deadline: NodeJS.Timeout | undefined;

    const finish = (end: () => void) => {
      clearTimeout(deadline);
      incoming.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
      end();
    };
    const refuse = () => finish(() => reject(payloadTooLarge()));
    const discard = () => {
      chunks.length = 0;
      deadline ??= setTimeout(refuse, MAX_DISCARD_MS);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) tooLarge = true;
      if (!tooLarge) chunks.push(chunk);
      else if (size > MAX_DISCARD_BYTES) refuse();
      else discard();
    };
    const onEnd = () => (tooLarge ? refuse() : finish(() => resolve(Buffer.concat(chunks, size))));
    const onError = () => finish(() => reject(interrupted()));
    const onClose = onError;

    if (Number(incoming.headers["content-length"] ?? 0) > MAX_DISCARD_BYTES) {
      reject(payloadTooLarge());
      return;
    }
    if (tooLarge) discard();
    incoming.on("data", onData).once("end", onEnd).once("error", onError).once("close", onClose);
  });
}

function payloadTooLarge(): AppError {
  return new AppError("payload_too_large", {
    public: `The body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB.`,
  });
}

function interrupted(): AppError {
  return new AppError("invalid_request", { public: "The body ended before it was complete." });
}

/** V8 quotes the text around a syntax error; that text is the customer's and belongs in no log. */
function withoutContent(cause: unknown): string {
  return cause instanceof Error ? cause.name : "unreadable";
}
