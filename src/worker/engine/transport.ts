import { AsyncLocalStorage } from "node:async_hooks";
import { type ErrorResponse, failureOfResponse } from "./failures/classify-failure";
import { ProviderFailure, type ProviderName } from "./failures/errors";
import { quoteInexactNumbers } from "./providers/wire/lossless-json";

/** A completion of 128,000 tokens is about 1 MiB. */
export const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;
/** As many inputs as OpenAI takes at once, in vectors of 1,536 numbers and base64, are 16 MiB and their frame. */
export const MAX_EMBEDDINGS_BYTES = 20 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

export interface CallOptions {
  /** Ends the call from outside: cancelled, lease lost, shutting down. */
  signal: AbortSignal;
  /** The whole call, connection to last byte, in milliseconds. */
  timeoutMs: number;
}

interface CallInProgress {
  errorResponse?: ErrorResponse;
  tooLarge?: boolean;
  /** The last byte of a successful response has arrived: a later failure is about its content. */
  complete?: boolean;
  numberPrefix?: string | undefined;
}

const callInProgress = new AsyncLocalStorage<CallInProgress>();
const plainFetch = globalThis.fetch;

/**
 * The `fetch` the SDKs run on: limits the size of every response as it arrives (after decompression) and keeps the
 * status, headers and body of an error response, of which @google/generative-ai drops all headers.
 * Outside `callProvider` it is the plain `fetch`.
 */
export const providerFetch: typeof fetch = async (input, init) => {
  const call = callInProgress.getStore();
  if (!call) return plainFetch(input, init);
  const response = await plainFetch(input, { ...init, redirect: "error" });
  if (response.ok) return withNumbers(bounded(response, MAX_RESPONSE_BYTES, call), call);
  const body = await readText(response, MAX_ERROR_BYTES);
  call.errorResponse = { status: response.status, headers: response.headers, body };
  return new Response(body, { status: response.status, headers: response.headers });
};

/** Installs `providerFetch` for an SDK that only knows the global; calls outside `callProvider` behave as before. */
export function installProviderFetch(): void {
  globalThis.fetch = providerFetch;
}

/**
 * Runs one SDK call inside its limits.
 * @param ownMessages how many of our messages precede the customer's, to name theirs when one is refused.
 * @param numberPrefix if given, numbers that a double cannot hold reach the SDK as text with this prefix.
 * @throws ProviderFailure and nothing else.
 */
export async function callProvider<Result>(
  provider: ProviderName,
  { signal, timeoutMs }: CallOptions,
  call: (signal: AbortSignal) => Promise<Result>,
  { numberPrefix, ownMessages = 0 }: { numberPrefix?: string; ownMessages?: number } = {},
): Promise<Result> {
  if (signal.aborted) throw new ProviderFailure("aborted", { provider });
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const inProgress: CallInProgress = { numberPrefix };
  try {
    return await callInProgress.run(inProgress, () => call(AbortSignal.any([signal, deadline.signal])));
  } catch (error) {
    if (error instanceof ProviderFailure) throw error;
    if (signal.aborted) throw new ProviderFailure("aborted", { provider });
    if (deadline.signal.aborted) {
      throw new ProviderFailure("timeout", { provider, detail: `${timeoutMs} ms` });
    }
    if (inProgress.tooLarge) {
      throw new ProviderFailure("invalid_response", { provider, detail: "answer too large" });
    }
    if (inProgress.errorResponse)
      throw failureOfResponse(provider, inProgress.errorResponse, { ownMessages });
    if (inProgress.complete) {
      throw new ProviderFailure("invalid_response", { provider, detail: "unreadable" });
    }
    throw new ProviderFailure("connection", { provider, detail: codeOf(error) });
  } finally {
    clearTimeout(timer);
  }
}

/** The SDKs parse responses themselves and round numbers beyond a double, so those are quoted first. */
async function withNumbers(response: Response, { numberPrefix }: CallInProgress): Promise<Response> {
  if (numberPrefix === undefined) return response;
  const { status, headers } = response;
  return new Response(quoteInexactNumbers(await response.text(), numberPrefix), { status, headers });
}

function bounded(response: Response, maxBytes: number, call: CallInProgress): Response {
  if (!response.body) return response;
  let bytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes <= maxBytes) return controller.enqueue(chunk);
        call.tooLarge = true;
        controller.error(new Error("The answer is too large."));
      },
      flush() {
        call.complete = true;
      },
    }),
  );
  return new Response(counted, { status: response.status, headers: response.headers });
}

/** As much of the body as fits; an error response cut off half-way still has its status to go by. */
async function readText(response: Response, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    while (reader && bytes <= maxBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.byteLength;
    }
    await reader?.cancel();
  } catch {
    // The status alone decides then.
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes));
}

/** The socket's own code (`ECONNREFUSED`), from however deep the SDK buried it. For the log. */
function codeOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if ("code" in current && typeof current.code === "string") return current.code;
    current = current.cause;
  }
  return undefined;
}
