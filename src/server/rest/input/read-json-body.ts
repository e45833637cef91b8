import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { AppError } from "@agathaai/core/platform";
import { readBody } from "../../http/request/read-body";

/** Whoever walks through a body later, step by step or to write it as JSON again, has a stack that ends. */
const MAX_DEPTH = 256;
/** A schema that refuses five million values makes five million notes of it. */
const MAX_VALUES = 250_000;

/**
 * The body as JSON; undefined when the request has none.
 * @throws AppError `unsupported_media_type` (415), `payload_too_large` (413: its bytes, declared or counted, or its values),
 *   `invalid_json` (400).
 */
export async function readJsonBody(
  incoming: IncomingMessage,
  { maxValues = MAX_VALUES }: { maxValues?: number | undefined } = {},
): Promise<unknown> {
  if (!hasBody(incoming)) return undefined;
  requireJson(incoming);
  const body = await readBody(incoming);
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new AppError("invalid_json", { public: "The body is not valid UTF-8." });
  const value = parsed(body);
  // The shortest that is too deep or holds too much is longer.
  if (body.length > 2 * MAX_DEPTH) new Measure(maxValues).take(value, MAX_DEPTH);
  return value;
}

/** Stops at the first value that is too deep or one too many. */
class Measure {
  #left: number;

  constructor(private readonly most: number) {
    this.#left = most;
  }

  take(value: unknown, deeper: number): void {
    this.#left -= 1;
    if (this.#left < 0) {
      throw new AppError("payload_too_large", {
        public: `The body holds more than ${this.most.toLocaleString("en-US")} values.`,
      });
    }
    if (typeof value !== "object" || value === null) return;
    if (deeper === 0) {
      throw new AppError("invalid_json", {
        public: `The body is nested too deeply: at most ${MAX_DEPTH} objects and arrays may be in each other.`,
      });
    }
    const inside: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    for (const one of inside) this.take(one, deeper - 1);
  }
}

function parsed(body: Buffer): unknown {
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
