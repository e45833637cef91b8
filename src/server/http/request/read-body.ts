import type { IncomingMessage } from "node:http";
import { AppError } from "@agathaai/core/platform";

/** The largest body that the API and the portal accept. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/**
 * An oversized body is read to its end and dropped, up to this size and time: a connection with an unread body cannot
 * carry the refusal, nor the caller's next request.
 */
const MAX_DISCARD_BYTES = 64 * 1024 * 1024;
const MAX_DISCARD_MS = 5_000;

/** @throws AppError `payload_too_large` (413, declared or counted), `invalid_request` when the body breaks off. */
export function readBody(incoming: IncomingMessage, maxBytes: number = MAX_BODY_BYTES): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const declared = Number(incoming.headers["content-length"] ?? 0);
    const chunks: Buffer[] = [];
    let size = 0;
    let tooLarge = declared > maxBytes;
    let deadline: NodeJS.Timeout | undefined;

    let isOver = false;
    // Listeners stay where they are: taking them off costs more than being called once more.
    const finish = (end: () => void) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(deadline);
      end();
    };
    const refuse = () => finish(() => reject(payloadTooLarge("body", maxBytes)));
    const discard = () => {
      chunks.length = 0;
      deadline ??= setTimeout(refuse, MAX_DISCARD_MS);
    };
    const onData = (chunk: Buffer) => {
      if (isOver) return;
      size += chunk.length;
      if (size > maxBytes) tooLarge = true;
      if (!tooLarge) chunks.push(chunk);
      else if (size > MAX_DISCARD_BYTES) refuse();
      else discard();
    };
    const onEnd = () => (tooLarge ? refuse() : finish(() => resolve(joined(chunks, size))));
    const onError = () => finish(() => reject(interrupted()));

    if (declared > MAX_DISCARD_BYTES) {
      reject(payloadTooLarge("body", maxBytes));
      return;
    }
    if (tooLarge) discard();
    incoming.on("data", onData).on("end", onEnd).on("error", onError).on("close", onError);
  });
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size);
}

/** The same request, whose body ends with `payload_too_large` once it has held more than the limit. */
export function limitBody(request: Request, maxBytes: number = MAX_BODY_BYTES): Request {
  if (request.body === null) return request;
  let size = 0;
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.length;
        if (size <= maxBytes) controller.enqueue(chunk);
        else if (size > MAX_DISCARD_BYTES) controller.error(payloadTooLarge("request", maxBytes));
      },
      flush(controller) {
        if (size > maxBytes) controller.error(payloadTooLarge("request", maxBytes));
      },
    }),
  );
  const { url, method, headers, signal } = request;
  const init: RequestInit & { duplex: "half" } = { method, headers, signal, body: counted, duplex: "half" };
  return new Request(url, init);
}

function payloadTooLarge(what: "body" | "request", maxBytes: number): AppError {
  const kilobytes = maxBytes / 1024;
  const size = kilobytes < 1024 ? `${kilobytes} KB` : `${kilobytes / 1024} MB`;
  return new AppError("payload_too_large", { public: `The ${what} is larger than ${size}.` });
}

function interrupted(): AppError {
  return new AppError("invalid_request", { public: "The body ended early. Send it again in full." });
}
