import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { failureOfResponse } from "../../failures/classify-failure";
import { ProviderFailure, type ProviderName } from "../../failures/errors";
import type { UpstreamRequest } from "../../providers/live-protocol";

/** Receives what a call brings; after `end` or `failed` nothing more comes. */
export interface CallListener {
  data(chunk: Buffer): void;
  end(): void;
  failed(failure: ProviderFailure): void;
}

export interface UpstreamCall {
  /** Ends it where it is; the listener hears nothing more. */
  abort(): void;
  pause(): void;
  resume(): void;
  /** From now on the time limit is between bytes: each must come within `idleMs` of the one before. */
  keepsComing(idleMs: number): void;
}

interface CallLimits {
  /** Until `keepsComing`, or else until the last byte. */
  timeoutMs: number;
  maxBytes: number;
}

const MAX_ERROR_BYTES = 64 * 1024;

/** One HTTP call to a provider, by undici's dispatcher: no stream, no promise and no copy between socket and listener. */
export function callUpstream(
  dispatcher: Dispatcher,
  provider: ProviderName,
  { path, headers, body, ownMessages }: UpstreamRequest,
  { timeoutMs, maxBytes }: CallLimits,
  listener: CallListener,
): UpstreamCall {
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  let isPaused = false;
  let status = 0;
  let responseHeaders: IncomingHttpHeaders = {};
  let bytes = 0;
  const errorBody: Buffer[] = [];
  let idleMs: number | undefined;
  let timer = setTimeout(timedOut, timeoutMs);

  function stop(): boolean {
    if (isOver) return false;
    isOver = true;
    clearTimeout(timer);
    return true;
  }

  function fail(failure: ProviderFailure): void {
    if (!stop()) return;
    controller?.abort(failure);
    listener.failed(failure);
  }

  function timedOut(): void {
    fail(new ProviderFailure("timeout", { provider, detail: `${idleMs ?? timeoutMs} ms` }));
  }

  function failureOfStatus(): ProviderFailure {
    const text = new TextDecoder().decode(Buffer.concat(errorBody).subarray(0, MAX_ERROR_BYTES));
    const get = (name: string) => firstOf(responseHeaders[name]);
    return failureOfResponse(provider, { status, headers: { get }, body: text }, { ownMessages });
  }

  dispatcher.dispatch(
    {
      method: "POST",
      path,
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body,
      idempotent: false,
    },
    {
      onRequestStart(started) {
        controller = started;
        if (isOver) started.abort(new Error("No longer wanted."));
        else if (isPaused) started.pause();
      },
      onResponseStart(_controller, statusCode, received) {
        status = statusCode;
        responseHeaders = received;
      },
      onResponseData(_controller, chunk) {
        if (isOver) return;
        bytes += chunk.length;
        if (status < 200 || status >= 300) {
          errorBody.push(chunk);
          // Its status is enough to go by; whatever else it holds is not worth waiting for.
          if (bytes > MAX_ERROR_BYTES) fail(failureOfStatus());
          return;
        }
        if (bytes > maxBytes) {
          return fail(new ProviderFailure("invalid_response", { provider, detail: "answer too large" }));
        }
        if (idleMs !== undefined && !isPaused) timer.refresh();
        try {
          listener.data(chunk);
        } catch (error) {
          fail(asFailure(provider, error));
        }
      },
      onResponseEnd() {
        if (status < 200 || status >= 300) return fail(failureOfStatus());
        if (stop()) listener.end();
      },
      onResponseError(_controller, error) {
        // An error response that breaks off still has its status.
        if (status >= 300) return fail(failureOfStatus());
        fail(new ProviderFailure("connection", { provider, detail: codeOf(error) }));
      },
    },
  );

  return {
    abort() {
      if (stop()) controller?.abort(new Error("No longer wanted."));
    },
    pause() {
      isPaused = true;
      controller?.pause();
      // A slow reader is no slow provider.
      if (idleMs !== undefined) clearTimeout(timer);
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      if (idleMs !== undefined && !isOver) timer = setTimeout(timedOut, idleMs);
      controller?.resume();
    },
    keepsComing(ms) {
      idleMs = ms;
      clearTimeout(timer);
      if (!isOver && !isPaused) timer = setTimeout(timedOut, ms);
    },
  };
}

/** A defect of our own in reading a response is a failed call, not a crashed process. */
export function asFailure(provider: ProviderName, error: unknown): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  return new ProviderFailure("invalid_response", { provider, detail: "unreadable", cause: error });
}

function firstOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
