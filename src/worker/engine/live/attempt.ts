import type { Dispatcher } from "undici";
import { ProviderFailure, type ProviderName } from "../failures/errors";
import type { AnswerFacts, LiveAnswer, StreamReader } from "../providers/live-protocol";
import { MAX_RESPONSE_BYTES } from "../transport";
import type { Exchange } from "./exchange";
import { ServerSentEvents } from "./upstream/server-sent-events";
import { callSimulator } from "./upstream/simulated-call";
import { asFailure, type CallListener, callUpstream, type UpstreamCall } from "./upstream/upstream-call";

/** Where one attempt goes: over HTTP, or to the simulator in this process. */
export type Route =
  | { provider: "simulator" }
  | {
      provider: Exclude<ProviderName, "simulator">;
      dispatcher: Dispatcher;
      basePath: string;
    };

export interface AttemptListener<Answer> {
  /** A stream's frames, from its first content on. */
  frames(bytes: Buffer): void;
  /** The last of it; with the answer where it was no stream. */
  completed(answer?: Answer): void;
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
export function startAttempt<Answer>(
  route: Route,
  exchange: Exchange<Answer>,
  limits: AttemptLimits,
  listener: AttemptListener<Answer>,
): RunningAttempt {
  const { reader } = exchange;
  return reader === undefined
    ? whole(route, exchange, limits, listener)
    : streamed(route, { ...exchange, reader }, limits, listener);
}

function streamed<Answer>(
  route: Route,
  exchange: Exchange<Answer> & Required<Pick<Exchange<Answer>, "reader">>,
  { firstContentMs, idleMs }: AttemptLimits,
  listener: AttemptListener<Answer>,
): RunningAttempt {
  const events = new ServerSentEvents(route.provider);
  let held = "";
  let isOver = false;
  let isAnswering = false;
  let isFlushing = false;
  let deliveredBytes = 0;

  /**
   * Frames of all events that one read of the socket brought go out together: a provider's chunk of HTTP is an event, and
   * one write each would cost more than the content.
   */
  function gather(frames: string): void {
    if (frames === "") return;
    held += frames;
    if (reader.hasContent) {
      if (isFlushing) return;
      isFlushing = true;
      queueMicrotask(() => {
        isFlushing = false;
        if (!isOver) deliver();
      });
    } else if (held.length > MAX_HELD_BYTES) {
      throw new ProviderFailure("invalid_response", { provider: route.provider, detail: "no content" });
    }
  }

  function deliver(): void {
    if (held === "" || !reader.hasContent) return;
    const bytes = Buffer.from(held, "latin1");
    held = "";
    deliveredBytes = reader.contentBytes;
    if (!isAnswering) {
      isAnswering = true;
      upstream.keepsComing(idleMs);
    }
    listener.frames(bytes);
  }

  function complete(): void {
    if (isOver) return;
    deliver();
    // Its reader may have hung up upon it.
    if (isOver) return;
    isOver = true;
    upstream.keepsComing(LINGER_MS);
    upstream.resume();
    listener.completed();
  }

  function fail(failure: ProviderFailure): void {
    if (isOver) return;
    deliver();
    if (isOver) return;
    isOver = true;
    listener.failed(failure);
  }

  const opened = open(
    route,
    exchange,
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
          // Content before a malformed event is still delivered.
          gather(frames);
        }
        if (reader.isComplete) complete();
      },
      end() {
        if (isOver) return;
        try {
          reader.close();
        } catch (error) {
          fail(asFailure(route.provider, error));
          return;
        }
        complete();
      },
      failed: fail,
    },
  );
  const reader: StreamReader = exchange.reader(opened.ownMessages);
  const { upstream } = opened;
  return {
    abort() {
      isOver = true;
      upstream.abort();
    },
    pause: () => upstream.pause(),
    resume: () => upstream.resume(),
    facts: () => reader.facts,
    deliveredBytes: () => deliveredBytes,
  };
}

function whole<Answer>(
  route: Route,
  exchange: Exchange<Answer>,
  { firstContentMs }: AttemptLimits,
  listener: AttemptListener<Answer>,
): RunningAttempt {
  const chunks: Buffer[] = [];
  let facts: AnswerFacts | undefined;
  const { upstream } = open(
    route,
    exchange,
    { timeoutMs: firstContentMs, maxBytes: exchange.maxBytes ?? MAX_RESPONSE_BYTES },
    {
      data: (chunk) => {
        chunks.push(chunk);
      },
      end() {
        let read: LiveAnswer<Answer>;
        try {
          read = exchange.answer(textOf(chunks));
        } catch (error) {
          return listener.failed(asFailure(route.provider, error));
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

/** Nearly every answer comes in one piece. */
function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only.toString() : Buffer.concat(chunks).toString();
}

function open(
  route: Route,
  exchange: Exchange<unknown>,
  limits: { timeoutMs: number; maxBytes: number },
  listener: CallListener,
): { upstream: UpstreamCall; ownMessages: number } {
  if (route.provider === "simulator") {
    return { upstream: callSimulator(exchange.simulated(), listener), ownMessages: 0 };
  }
  const { provider, dispatcher, basePath } = route;
  const request = exchange.request();
  const upstream = callUpstream(
    dispatcher,
    provider,
    { ...request, path: basePath + request.path },
    limits,
    listener,
  );
  return { upstream, ownMessages: request.ownMessages };
}
