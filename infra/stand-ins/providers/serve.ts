import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { closeServer, listenOnLoopback, readBody } from "../loopback-server";
import { deliver, fail, isOfTheAnswer, outcomeOf, send } from "./deliver";
import { type Failure, parseFailure, readDirectives } from "./failures";
import { type Calls, Journal } from "./journal";
import type { Answer, Latency, Protocol, SimulatedRequest } from "./protocol";

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
  await deliver(completion, { latency, due, response }, () => close(true));
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
