import { AppError } from "@agathaai/core/platform/errors";

const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** The same request, whose body fails with `payload_too_large` once more than the limit has arrived. */
export function boundedBody(request: Request): Request {
  if (request.body === null) return request;
  let size = 0;
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.length;
        if (size <= MAX_BODY_BYTES) controller.enqueue(chunk);
        else
          controller.error(
            new AppError("payload_too_large", { public: "The request is larger than 10 MB." }),
          );
      },
    }),
  );
  const { url, method, headers, signal } = request;
  const init: RequestInit & { duplex: "half" } = { method, headers, signal, body: counted, duplex: "half" };
  return new Request(url, init);
}
