import { failedResponse } from "../../../../_client/failed-response";
import type { Body } from "../draft/to-body";
import { readEvents } from "./read-events";
import { newStreamed, type Streamed, withChunk } from "./streamed";

export type StreamedCall = { model: string } & Body;

interface StreamOptions {
  signal: AbortSignal;
  /** Called with each state of the completion, whenever there is more of it. */
  onChange: (streamed: Streamed) => void;
  /** The answer goes on where its connection drops, and is read from there. */
  resumable: boolean;
}

const DONE = "[DONE]";

/**
 * One chat completion over `POST /v1/chat/completions`, as a program would make it, with the portal's session. Resolves
 * with its end, also where the stream broke for good or was stopped.
 *
 * @throws the API's error where it refused or failed before the first content.
 */
export async function streamChat(call: StreamedCall, options: StreamOptions): Promise<Streamed> {
  const begun = newStreamed(call.model, new Date().toISOString());
  let response: Response;
  try {
    response = await fetch("/v1/chat/completions", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        // Who stops it before it has begun pays nothing.
        ...(options.resumable && { "x-agatha-resumable": "begun" }),
      },
      body: JSON.stringify({ ...call, stream: true, stream_options: { include_usage: true } }),
      signal: options.signal,
    });
    if (!response.ok || response.body === null) throw await failedResponse(response);
  } catch (error) {
    if (options.signal.aborted) return ended(begun, "cancelled");
    throw error;
  }
  return read(named(begun, response.headers), response.body, options);
}

/** The same for one that began before the page was loaded: all of it once more, and what is still to come. */
export function resumeChat(begun: Streamed, options: Omit<StreamOptions, "resumable">): Promise<Streamed> {
  return read({ ...newStreamed(begun.model, begun.sentAt), id: begun.id }, undefined, {
    ...options,
    resumable: true,
  });
}

function named(streamed: Streamed, headers: Headers): Streamed {
  return {
    ...streamed,
    id: headers.get("x-agatha-id"),
    model: headers.get("x-agatha-model") ?? streamed.model,
    notice: headers.get("x-agatha-notice"),
  };
}

function ended(streamed: Streamed, status: Streamed["status"]): Streamed {
  return { ...streamed, status, endedAt: new Date().toISOString() };
}

/** Reads to the end, from one connection after the other. */
async function read(
  begun: Streamed,
  first: ReadableStream<Uint8Array> | undefined,
  { signal, onChange, resumable }: StreamOptions,
): Promise<Streamed> {
  let streamed = begun;
  let body = first;
  let last = 0;
  // The page knows its id at once, to find it again.
  onChange(streamed);
  for (let failures = 0; ; failures++) {
    try {
      if (body === undefined) {
        const response = await readAgain(streamed.id ?? "", last, signal);
        streamed = named(streamed, response.headers);
        body = response.body ?? undefined;
      }
      for await (const { id, data } of body === undefined ? [] : readEvents(body)) {
        failures = 0;
        if (data === DONE) return ended(streamed, "completed");
        // It was read before the connection broke.
        if (id !== undefined && id <= last) continue;
        last = id ?? last;
        streamed = withChunk(streamed, JSON.parse(data));
        if (streamed.status === "failed") return ended(streamed, "failed");
        onChange(streamed);
      }
    } catch (error) {
      if (error instanceof Gone) streamed = { ...streamed, problem: error.problem };
      // The connection broke in the middle of the answer.
    }
    if (signal.aborted) return ended(streamed, "cancelled");
    if (streamed.problem !== null || !resumable || streamed.id === null || failures >= TRIES) break;
    body = undefined;
    await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), signal);
  }
  streamed.problem ??= { message: "The connection broke off before the answer was complete." };
  return ended(streamed, "failed");
}

const TRIES = 12;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** It cannot be read again. */
class Gone extends Error {
  constructor(readonly problem: NonNullable<Streamed["problem"]>) {
    super(problem.message);
  }
}

/** @throws Gone, or what may pass: the network's failure, a limit, a server that restarts. */
async function readAgain(id: string, last: number, signal: AbortSignal): Promise<Response> {
  const response = await fetch(`/v1/generations/${id}/stream`, {
    headers: last === 0 ? {} : { "last-event-id": String(last) },
    signal,
  });
  if (response.ok) return response;
  const failure = await failedResponse(response);
  if (response.status >= 500 || response.status === 429) throw failure;
  throw new Gone({ message: failure.message || "This answer can’t be read again." });
}

/** Ends early where the browser says that it has a network again, or with the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    }
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
