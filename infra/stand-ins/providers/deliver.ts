import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Failure } from "./failures";
import type { Answer, Completion, Latency, Outcome, Protocol } from "./protocol";

const HUGE_BYTES = 64 * 1024 * 1024;

const inTheMiddle: ReadonlySet<string> = new Set(["half", "cut", "stall", "error", "pace"]);

/** Whether the call is answered, though otherwise than usual. */
export function isOfTheAnswer({ kind }: Failure): boolean {
  return inTheMiddle.has(kind) || kind === "filter" || kind === "nousage";
}

export function outcomeOf(due: readonly Failure[]): Outcome {
  const filter = due.find(({ kind }) => kind === "filter");
  if (filter !== undefined) return filter.amount === 1 ? "filter-prompt" : "filter";
  return due.some(({ kind }) => kind === "nousage") ? "no-usage" : "answer";
}

/** Fails before anything of an answer is sent. */
export function fail(protocol: Protocol, failure: Failure, response: ServerResponse): void {
  switch (failure.kind) {
    case "timeout":
      return; // Never answered: the caller has to give up.
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "garbage":
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"id": "cut short by a proxy", "choices": [{"mess');
      return;
    case "huge":
      sendHuge(response);
      return;
    default:
      send(response, protocol.refuse(Number(failure.kind), failure.amount));
  }
}

interface Delivery {
  latency: Latency;
  /** The failures that are due; one in the middle of the answer breaks it there. */
  due: readonly Failure[];
  response: ServerResponse;
}

/** Sends the answer at its latency, and calls `answered` when it was sent whole. */
export async function deliver(
  completion: Completion,
  { latency, due, response }: Delivery,
  answered: () => void,
): Promise<void> {
  const told = due.find(({ kind }) => inTheMiddle.has(kind));
  const middle = told?.kind === "pace" ? undefined : told;
  if (completion.kind === "refused") return send(response, completion.answer);
  await sleep(latency.baseMs);
  if (completion.kind === "whole") {
    await sleep(latency.perTokenMs * completion.tokens);
    return sendWhole(response, completion, middle, answered);
  }
  const pauseMs =
    told?.kind === "pace"
      ? (told.amount ?? 1_000)
      : (latency.perTokenMs * completion.tokens) / Math.max(completion.chunks.length, 1);
  await sendStream(response, completion, { pauseMs, middle }, answered);
}

function sendWhole(
  response: ServerResponse,
  { body: answer, headers }: Extract<Completion, { kind: "whole" }>,
  middle: Failure | undefined,
  answered: () => void,
): void {
  const body = Buffer.from(JSON.stringify(answer));
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length, ...headers });
  const half = body.subarray(0, body.length / 2);
  if (middle?.kind === "stall") response.write(half);
  else if (middle !== undefined) breakOff(response, half);
  else response.end(body, answered);
}

async function sendStream(
  response: ServerResponse,
  { contentType, chunks, error, headers }: Extract<Completion, { kind: "stream" }>,
  { pauseMs, middle }: { pauseMs: number; middle: Failure | undefined },
  answered: () => void,
): Promise<void> {
  response.writeHead(200, { "content-type": contentType, "cache-control": "no-cache", ...headers });
  const failsAt = middle === undefined ? undefined : (middle.amount ?? chunks.length / 2);
  for (const [index, chunk] of chunks.entries()) {
    if (response.destroyed) return;
    if (failsAt !== undefined && index >= failsAt) return failMidway(middle, error, chunk, response);
    if (!response.write(chunk)) await Promise.race([once(response, "drain"), once(response, "close")]);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  response.end(answered);
}

function failMidway(
  middle: Failure | undefined,
  error: string,
  chunk: string,
  response: ServerResponse,
): void {
  const half = chunk.slice(0, chunk.length / 2);
  if (middle?.kind === "stall") response.write(half);
  else if (middle?.kind === "cut") response.end();
  else if (middle?.kind === "error") response.end(error);
  else breakOff(response, half);
}

/** Sends a part and then resets the connection, as a provider's balancer does when its back end dies. */
function breakOff(response: ServerResponse, part: Buffer | string): void {
  response.write(part, () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
}

function sendHuge(response: ServerResponse): void {
  const block = Buffer.alloc(64 * 1024, "a");
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"id":"');
  let sent = 0;
  const pump = () => {
    while (!response.destroyed && sent < HUGE_BYTES) {
      sent += block.length;
      if (!response.write(block)) return void response.once("drain", pump);
    }
    if (!response.destroyed) response.end('"}');
  };
  pump();
}

const once = (response: ServerResponse, event: "drain" | "close") =>
  new Promise<void>((resolve) => response.once(event, () => resolve()));

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}
