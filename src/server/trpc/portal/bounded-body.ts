import { AppError } from "@agathaai/core/platform/errors";
import { MAX_BODY_BYTES, MAX_DISCARD_BYTES } from "../../http/request/body-limits";

/**
 * The same request, whose body ends with `payload_too_large` when it held more than the limit. What is beyond the
 * limit is read and dropped first: a connection with an unread body could not carry the caller's next request.
 */
export function boundedBody(request: Request, limit: number = MAX_BODY_BYTES): Request {
  if (request.body === null) return request;
  let size = 0;
  const tooLarge = () =>
    new AppError("payload_too_large", { public: `The request is larger than ${inWords(limit)}.` });
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.length;
        if (size <= limit) controller.enqueue(chunk);
        else if (size > MAX_DISCARD_BYTES) controller.error(tooLarge());
      },
      flush(controller) {
        if (size > limit) controller.error(tooLarge());
      },
    }),
  );
  const { url, method, headers, signal } = request;
  const init: RequestInit & { duplex: "half" } = { method, headers, signal, body: counted, duplex: "half" };
  return new Request(url, init);
}

function inWords(bytes: number): string {
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes} KB` : `${kilobytes / 1024} MB`;
}
