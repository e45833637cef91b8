import type { Dispatcher } from "undici";
import { ProviderFailure, type ProviderName } from "../failures/errors";
import type {
  AnswerFacts,
  LiveAnswer,
  LiveCall,
  LiveProtocol,
  StreamReader,
} from "../providers/live-protocol";
import { openAi } from "../providers/openai/openai";
import { quoteInexactNumbers } from "../providers/wire/lossless-json";
import { MAX_RESPONSE_BYTES } from "../transport";
import { ServerSentEvents } from "./server-sent-events";
import { callSimulator } from "./simulated-call";
import { asFailure, type CallListener, callUpstream, type UpstreamCall } from "./upstream-call";

/** Where one attempt goes: over HTTP with a key, or to the simulator in this process. */
export type Route =
  | { provider: "simulator" }
  | {
      provider: Exclude<ProviderName, "simulator">;
      protocol: LiveProtocol;
      dispatcher: Dispatcher;
      basePath: string;
      apiKey: string;
    };

export interface AttemptListener {
  /** A stream's frames, from its first content on. */
  frames(bytes: Buffer): void;
  /** The last of it; with the answer where it was no stream. */
  completed(answer?: LiveAnswer["answer"]): void;
  failed(failure: ProviderFailure): void;
}

export interface AttemptLimits {
  firstContentMs: number;
  idleMs: number;
}

export interface RunningAttempt extends Pick<UpstreamCall, "abort" | "pause" | "resume"> {
  /** What the provider has said so far. */
  facts(): AnswerFacts | undefined;
  /** Bytes of content among the frames handed over. */
  deliveredBytes(): number;
}

/** A stream is never held as a whole; this only ends one that does not end by itself. */
const MAX_STREAM_BYTES = 512 * 1024 * 1024;
/** What may come before the first content. */
const MAX_HELD_BYTES = 1024 * 1024;
/** After its last event a stream has this long to end, so that its connection can be used again. */
const LINGER_MS = 1_000;

/** @throws ProviderFailure where the request cannot be said to this provider; nothing has been sent then. */
export function startAttempt(
  route: Route,
  call: LiveCall,
  limits: AttemptLimits,
  listener: AttemptListener,
): RunningAttempt {
  return call.stream ? streamed(route, call, limits, listener) : whole(route, call, limits, listener);
}

function streamed(
  route: Route,
  call: LiveCall,
  { firstContentMs, idleMs }: AttemptLimits,
  listener: AttemptListener,
): RunningAttempt {
  const events = new ServerSentEvents(route.provider);
  let held = "";
  let isOver = false;
  let isAnswering = false;

  function deliver(frames: string): void {
    if (frames === "") return;
    held += frames;
    if (!reader.hasContent) {
      if (held.length <= MAX_HELD_BYTES) return;
      throw new ProviderFailure("invalid_response", { provider: route.provider, detail: "no content" });
    }
    const bytes = Buffer.from(held, "latin1");
    held = "";
    if (!isAnswering) {
      isAnswering = true;
      upstream.keepsComing(idleMs);
    }
    listener.frames(bytes);
  }

  function complete(): void {
    if (isOver) return;
    isOver = true;
    upstream.keepsComing(LINGER_MS);
    upstream.resume();
    listener.completed();
  }

  const opened = open(
    route,
    call,
    { timeoutMs: firstContentMs, maxBytes: MAX_STREAM_BYTES },
    {
      data(chunk) {
        if (isOver) return;
        let frames = "";
        try {
          events.push(chunk, (data) => {
            if (!reader.isComplete) frames += reader.read(data);
          });
        } finally {
          // What came before a broken event is still delivered.
          deliver(frames);
        }
        if (reader.isComplete) complete();
      },
      end() {
        if (isOver) return;
        try {
          reader.close();
        } catch (error) {
          isOver = true;
          return listener.failed(asFailure(route.provider, error));
        }
        complete();
      },
      failed(failure) {
        if (isOver) return;
        isOver = true;
        listener.failed(failure);
      },
    },
  );
  const reader: StreamReader = protocolOf(route).reader(call, opened.ownMessages);
  const { upstream } = opened;
  return {
    abort() {
      isOver = true;
      upstream.abort();
    },
    pause: () => upstream.pause(),
    resume: () => upstream.resume(),
    facts: () => reader.facts,
    deliveredBytes: () => (isAnswering ? reader.contentBytes : 0),
  };
}

function whole(
  route: Route,
  call: LiveCall,
  { firstContentMs }: AttemptLimits,
  listener: AttemptListener,
): RunningAttempt {
  const { provider } = route;
  const protocol = protocolOf(route);
  const chunks: Buffer[] = [];
  let facts: AnswerFacts | undefined;
  const { upstream } = open(
    route,
    call,
    { timeoutMs: firstContentMs, maxBytes: MAX_RESPONSE_BYTES },
    {
      data: (chunk) => {
        chunks.push(chunk);
      },
      end() {
        let read: LiveAnswer;
        try {
          const text = Buffer.concat(chunks).toString();
          const { numberPrefix } = protocol;
          const json: unknown = JSON.parse(
            numberPrefix === undefined ? text : quoteInexactNumbers(text, numberPrefix),
          );
          read = protocol.answer(call, json);
        } catch (error) {
          return listener.failed(asFailure(provider, error));
        }
        facts = read.facts;
        listener.completed(read.answer);
      },
      failed: listener.failed,
    },
  );
  return {
    abort: () => upstream.abort(),
    pause: () => upstream.pause(),
    resume: () => upstream.resume(),
    facts: () => facts,
    deliveredBytes: () => 0,
  };
}

/** The simulator speaks OpenAI's protocol. */
function protocolOf(route: Route): LiveProtocol {
  return route.provider === "simulator" ? openAi.live : route.protocol;
}

function open(
  route: Route,
  call: LiveCall,
  limits: { timeoutMs: number; maxBytes: number },
  listener: CallListener,
): { upstream: UpstreamCall; ownMessages: number } {
  if (route.provider === "simulator") return { upstream: callSimulator(call, listener), ownMessages: 0 };
  const { provider, protocol, dispatcher, basePath, apiKey } = route;
  const request = protocol.request(call, apiKey);
  const upstream = callUpstream(
    dispatcher,
    provider,
    { ...request, path: basePath + request.path },
    limits,
    listener,
  );
  return { upstream, ownMessages: request.ownMessages };
}
