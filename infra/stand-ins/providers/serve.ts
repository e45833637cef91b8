import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { closeServer, listenOnLoopback, readBody } from "../loopback-server";
import { type Failure, parseFailure, readDirectives } from "./failures";
import { type Calls, Journal } from "./journal";

const HUGE_BYTES = 64 * 1024 * 1024;

export type Latency = {
  /** Milliseconds before the first byte. */
  baseMs: number;
  /** Milliseconds a token of output. */
  perTokenMs: number;
};

export type Simulator = {
  /** Address without a path. */
  url: string;
  port: number;
  calls(): Calls;
  reset(): void;
  /** Makes every call that asks for nothing else fail, in the grammar of failures.ts; null ends it. */
  behave(fail: string | null, forMs?: number): void;
  stop(): Promise<void>;
};

export type SimulatorOptions = {
  port: number;
  latency?: Partial<Latency>;
  /** Sees every completion request as it arrived. */
  onRequest?: (body: unknown) => void;
};

/** One provider's protocol: how to read a call, answer it, and refuse it in that provider's words. */
export type Protocol = {
  /** Requests that cost no tokens (lists of models, unknown paths); undefined when the request is a completion. */
  other(request: SimulatedRequest): Answer | undefined;
  /** Undefined when the credentials will do. */
  authenticate(request: SimulatedRequest): Answer | undefined;
  prompt(request: SimulatedRequest): { text: string; model: string };
  complete(request: SimulatedRequest, outcome: Outcome): Completion;
  refuse(status: number, retryAfterSeconds: number | undefined): Answer;
};

export type Outcome = "answer" | "filter" | "filter-prompt" | "no-usage";

export type SimulatedRequest = {
  method: string;
  url: URL;
  headers: IncomingMessage["headers"];
  /** The parsed body, or undefined when it was empty or no JSON. */
  body: unknown;
};
export type Answer = { status: number; headers?: Record<string, string>; body: unknown };

/** A completion, either whole or in the chunks of a stream; `tokens` is what the latency counts. */
export type Completion =
  | { kind: "refused"; answer: Answer }
  | { kind: "whole"; body: unknown; tokens: number; headers?: Record<string, string> }
  | {
      kind: "stream";
      contentType: string;
      chunks: string[];
      /** What the protocol sends in a stream that fails on the server. */
      error: string;
      tokens: number;
      headers?: Record<string, string>;
    };

export async function serveSimulator(protocol: Protocol, options: SimulatorOptions): Promise<Simulator> {
  const journal = new Journal();
  const latency = { baseMs: 0, perTokenMs: 0, ...options.latency };
  const server = createServer((request, response) => {
    handle(protocol, journal, { ...options, latency }, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { error: { message: String(error) } } });
    });
  });
  server.keepAliveTimeout = 60_000;
  const port = await listenOnLoopback(server, options.port);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    calls: () => journal.calls(),
    reset: () => journal.reset(),
    behave: (fail, forMs = 60_000) => journal.behave(fail === null ? undefined : knownFailure(fail), forMs),
    stop: () => closeServer(server),
  };
}

async function handle(
  protocol: Protocol,
  journal: Journal,
  { latency, onRequest }: { latency: Latency; onRequest?: SimulatorOptions["onRequest"] },
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request: SimulatedRequest = {
    method: incoming.method ?? "GET",
    url: new URL(incoming.url ?? "/", "http://localhost"),
    headers: incoming.headers,
    body: await readJson(incoming),
  };
  if (request.url.pathname.startsWith("/__sim/")) return send(response, control(journal, request));
  const early = protocol.authenticate(request) ?? protocol.other(request);
  if (early !== undefined) return send(response, early);

  onRequest?.(request.body);
  const { text, model } = protocol.prompt(request);
  const header = request.headers["x-sim-fail"];
  const directives = readDirectives({
    prompt: text,
    model,
    header: typeof header === "string" ? header : undefined,
  });
  const { due, close } = journal.open(directives);
  response.once("close", () => close(false));

  for (const failure of due) {
    if (failure.kind === "slow") await sleep(failure.amount ?? 1_000);
    else if (!isOfTheAnswer(failure)) return fail(protocol, failure, response);
  }
  const completion = protocol.complete(request, outcomeOf(due));
  const middle = due.find(({ kind }) => inTheMiddle.has(kind));
  await deliver(completion, latency, response, middle, () => close(true));
}

const inTheMiddle: ReadonlySet<string> = new Set(["half", "cut", "stall", "error", "pace"]);

function isOfTheAnswer({ kind }: Failure): boolean {
  return inTheMiddle.has(kind) || kind === "filter" || kind === "nousage";
}

function outcomeOf(due: readonly Failure[]): Outcome {
  const filter = due.find(({ kind }) => kind === "filter");
  if (filter !== undefined) return filter.amount === 1 ? "filter-prompt" : "filter";
  return due.some(({ kind }) => kind === "nousage") ? "no-usage" : "answer";
}

function fail(protocol: Protocol, failure: Failure, response: ServerResponse): void {
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

async function deliver(
  completion: Completion,
  latency: Latency,
  response: ServerResponse,
  told: Failure | undefined,
  answered: () => void,
): Promise<void> {
  const middle = told?.kind === "pace" ? undefined : told;
  if (completion.kind === "refused") return send(response, completion.answer);
  await sleep(latency.baseMs);
  if (completion.kind === "whole") {
    await sleep(latency.perTokenMs * completion.tokens);
    const body = Buffer.from(JSON.stringify(completion.body));
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": body.length,
      ...completion.headers,
    });
    const half = body.subarray(0, body.length / 2);
    if (middle?.kind === "stall") response.write(half);
    else if (middle !== undefined) breakOff(response, half);
    else response.end(body, answered);
    return;
  }
  response.writeHead(200, {
    "content-type": completion.contentType,
    "cache-control": "no-cache",
    ...completion.headers,
  });
  const pause =
    told?.kind === "pace"
      ? (told.amount ?? 1_000)
      : (latency.perTokenMs * completion.tokens) / Math.max(completion.chunks.length, 1);
  const failsAt = middle === undefined ? undefined : (middle.amount ?? completion.chunks.length / 2);
  for (const [index, chunk] of completion.chunks.entries()) {
    if (response.destroyed) return;
    if (failsAt !== undefined && index >= failsAt)
      return failMidway(middle, completion.error, chunk, response);
    if (!response.write(chunk)) await Promise.race([once(response, "drain"), once(response, "close")]);
    if (pause > 0) await sleep(pause);
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

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, { maxMegabytes: 32 });
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

const behaviorSchema = z.object({
  fail: z.string().nullable(),
  for_ms: z.number().int().positive().default(60_000),
});

function control(journal: Journal, { method, url, body }: SimulatedRequest): Answer {
  const call = `${method} ${url.pathname}`;
  if (call === "GET /__sim/calls") return { status: 200, body: journal.calls() };
  if (call === "POST /__sim/reset") {
    journal.reset();
    return { status: 200, body: journal.calls() };
  }
  if (call === "POST /__sim/behavior") {
    const wanted = behaviorSchema.safeParse(body);
    const failure = wanted.data?.fail == null ? undefined : parseFailure(wanted.data.fail);
    if (!wanted.success || (wanted.data.fail !== null && failure === undefined)) {
      return { status: 400, body: { error: { message: 'Send {"fail": "503" or null, "for_ms": 2000}.' } } };
    }
    journal.behave(failure, wanted.data.for_ms);
    return { status: 200, body: wanted.data };
  }
  return { status: 404, body: { error: { message: `There is no ${call}.` } } };
}

function knownFailure(text: string): Failure {
  const failure = parseFailure(text);
  if (failure === undefined)
    throw new Error(`"${text}" is no failure that the simulators know (see failures.ts).`);
  return failure;
}
