import type { Env } from "@agathaai/core/platform/env";
import { Pool } from "undici";
import { type Place, placeIds, placeOf, places } from "../../../shared/places";
import { type CredentialRings, createCredentialRings } from "../credentials/credential-rings";
import { ProviderFailure } from "../failures/errors";
import type { EmbeddingAnswer } from "../providers/live-protocol";
import type { ProviderEnv } from "../providers/registry";
import { isRegional } from "../providers/wire/usage";
import { type Route, startAttempt } from "./attempt";
import { type Embedding, embeddingExchange } from "./embedding";
import { chatExchange, type ExchangeWith } from "./exchange";
import type { Generation, GenerationSink, Outcome, RunningGeneration } from "./generation";
import { type EngineParts, GenerationRun, type LiveLimits, type Work } from "./run-generation";
import { CircuitBreaker } from "./targets/circuit-breaker";
import { TargetLatency } from "./targets/target-latency";

/** Calls providers while the caller waits: the synchronous twin of the queue's jobs. */
export interface LiveEngine {
  start(generation: Generation, sink: GenerationSink): RunningGeneration;
  /** Vectors: the same, but that nothing comes before `end`. */
  embed(embedding: Embedding, end: (outcome: Outcome<EmbeddingAnswer>) => void): RunningGeneration;
  /** Closes the connections, once running calls have ended. */
  close(): Promise<void>;
}

/** A provider that has not taken a connection by then is tried again, or another is. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Below what the providers' load balancers keep, so that a connection is not used as they close it. */
const KEEP_ALIVE_MS = 20_000;

const IDLE_MS = 60_000;
/** As long as OpenAI's own SDKs wait. */
const TOTAL_MS = 600_000;

type LiveEnv = Pick<Env, "PROVIDER_TIMEOUT_MS"> &
  Partial<Pick<Env, "PROVIDER_IDLE_TIMEOUT_MS" | "PROVIDER_TOTAL_TIMEOUT_MS">>;

export interface LiveEngineOptions {
  limits?: Partial<LiveLimits> | undefined;
  now?: (() => number) | undefined;
  /** A number in [0, 1), to choose among a model's upstreams by their weight. */
  random?: (() => number) | undefined;
  /** Our keys; without it the engine's own, which learn from nobody else. */
  rings?: CredentialRings;
}

/** One for the life of the process: it keeps connections, and what it has learned of targets and credentials. */
export function createLiveEngine(
  env: ProviderEnv & LiveEnv,
  {
    limits,
    now = () => performance.now(),
    random = Math.random,
    rings = createCredentialRings(env, now),
  }: LiveEngineOptions = {},
): LiveEngine {
  const upstreams = new Map<Place, Upstream>();
  for (const id of placeIds) {
    const address = env[places[id].baseUrl];
    if (address !== undefined) upstreams.set(id, upstreamOf(id, address));
  }
  const totalMs = env.PROVIDER_TOTAL_TIMEOUT_MS ?? TOTAL_MS;
  const parts: EngineParts = {
    credentials: (place) => rings[place],
    breaker: new CircuitBreaker(now),
    limits: {
      firstContentMs: env.PROVIDER_TIMEOUT_MS,
      wholeMs: totalMs,
      idleMs: env.PROVIDER_IDLE_TIMEOUT_MS ?? IDLE_MS,
      totalMs,
      attemptsPerTarget: 2,
      ...limits,
    },
    latency: new TargetLatency(now),
    random,
    now,
  };
  const overHttp =
    <Answer>(exchangeWith: ExchangeWith<Answer>): Work<Answer>["attempt"] =>
    ({ target, credential }, ...rest) => {
      const { provider, region } = target;
      if (provider === "simulator" || credential === undefined) {
        return startAttempt(
          { provider: "simulator" },
          exchangeWith(target, { regional: false, apiKey: "" }),
          ...rest,
        );
      }
      const place = placeOf(provider, region);
      const upstream = place && upstreams.get(place);
      if (upstream === undefined)
        throw new ProviderFailure("auth", { provider, detail: `no address in ${region}` });
      const { regional, route } = upstream;
      const exchange = exchangeWith(target, { regional, apiKey: credential.key });
      return startAttempt(route, exchange, ...rest);
    };
  return {
    start: (generation, sink) => {
      const { targets, caller, stream: streamed } = generation;
      const work = { targets, caller, streamed, attempt: overHttp(chatExchange(generation)) };
      return new GenerationRun(parts, work, sink);
    },
    embed: (embedding, end) => {
      const work = {
        targets: embedding.targets,
        caller: embedding.caller,
        streamed: false,
        attempt: overHttp(embeddingExchange(embedding)),
      };
      return new GenerationRun(parts, work, { answering: () => {}, frames: () => {}, end });
    },
    close: async () => {
      await Promise.all([...upstreams.values()].map(({ route }) => route.dispatcher.close()));
    },
  };
}

/** How one place of a provider is reached. */
interface Upstream {
  route: Exclude<Route, { provider: "simulator" }>;
  regional: boolean;
}

function upstreamOf(id: Place, address: string): Upstream {
  const base = new URL(address);
  return {
    regional: isRegional(base.href),
    route: {
      provider: places[id].provider,
      basePath: base.pathname.replace(/\/$/, ""),
      // Time limits are the call's own (upstream-call.ts), which know what it is waiting for.
      dispatcher: new Pool(base.origin, {
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connect: { timeout: CONNECT_TIMEOUT_MS },
      }),
    },
  };
}
