import type { Completion } from "@agathaai/core/inference";
import type { Env } from "@agathaai/core/platform/env";
import type { Log } from "@agathaai/core/platform/observability/log";
import { type Place, placeOf } from "../../../shared/places";
import { type CredentialRings, credentialRings } from "../credentials/credential-rings";
import type { Credential } from "../credentials/credentials";
import { ProviderFailure } from "../failures/errors";
import type { AttemptLimits, AttemptListener, RunningAttempt } from "../live/attempt";
import type { Outcome, Target } from "../live/generation";
import { type EngineParts, GenerationRun } from "../live/run-generation";
import type { Candidate } from "../live/targets/candidates";
import { CircuitBreaker } from "../live/targets/circuit-breaker";
import { TargetLatency } from "../live/targets/target-latency";
import type { AnswerFacts } from "../providers/live-protocol";
import type { Provider } from "../providers/provider";
import { createProvider, type ProviderEnv } from "../providers/registry";

export interface QueuedCall {
  /** In order of preference. */
  targets: readonly [Target, ...Target[]];
  /** The organization that asks. */
  caller?: string | undefined;
  input: Parameters<Provider["complete"]>[0]["input"];
}

/** Calls providers for the queue's jobs, through their SDKs: the same choice of target and key as for calls of `/v1`. */
export interface QueuedEngine {
  /** Never rejects. The signal ends the call: its outcome is then `aborted`. */
  run(call: QueuedCall, signal: AbortSignal): Promise<Outcome<Completion>>;
}

export interface QueuedEngineOptions {
  log: Pick<Log, "error">;
  /** Our keys; without it the process's own, which calls of `/v1` share. */
  rings?: CredentialRings;
  now?: () => number;
  /** A number in [0, 1), to choose among a model's upstreams by their weight. */
  random?: () => number;
}

/** One for the life of the process: it keeps connections, and what it has learned of targets and keys. */
export function createQueuedEngine(
  env: ProviderEnv & Pick<Env, "PROVIDER_TIMEOUT_MS">,
  {
    log,
    rings = credentialRings(env),
    now = () => performance.now(),
    random = Math.random,
  }: QueuedEngineOptions,
): QueuedEngine {
  const { PROVIDER_TIMEOUT_MS: timeoutMs } = env;
  const parts: Omit<EngineParts, "limits"> = {
    credentials: (place) => rings[place],
    breaker: new CircuitBreaker(now),
    latency: new TargetLatency(now),
    random,
    now,
  };
  const simulator = createProvider(env, "simulator");
  /** A client lives as long as its key is remembered. An own key has one for each place: its organization's residency can change. */
  const clients = new WeakMap<Credential, Map<Place, Provider>>();
  const clientOf = ({ target: { provider, region }, credential }: Candidate): Provider => {
    if (provider === "simulator" || credential === undefined) return simulator;
    const place = placeOf(provider, region);
    if (place === undefined) throw new ProviderFailure("auth", { provider, detail: `no place in ${region}` });
    const byPlace = clients.get(credential) ?? new Map<Place, Provider>();
    clients.set(credential, byPlace);
    const client = byPlace.get(place) ?? createProvider(env, place, credential.key);
    byPlace.set(place, client);
    return client;
  };
  return {
    run: ({ targets, caller, input }, signal) =>
      new Promise((resolve) => {
        const attempt = (
          candidate: Candidate,
          limits: AttemptLimits,
          listener: AttemptListener<Completion>,
        ) => startSdkAttempt(clientOf(candidate), { candidate, input, limits, log }, listener);
        const limits = {
          firstContentMs: timeoutMs,
          wholeMs: timeoutMs,
          idleMs: timeoutMs,
          // One attempt's time for all keys of a target together.
          totalMs: timeoutMs * targets.length,
          // The queue retries failures that may pass.
          attemptsPerTarget: 1,
        };
        const run = new GenerationRun<Completion>(
          { ...parts, limits },
          { targets, caller, streamed: false, attempt },
          {
            answering: () => {},
            frames: () => {},
            end: (outcome) => {
              signal.removeEventListener("abort", stop);
              resolve(outcome);
            },
          },
        );
        const stop = () => run.abort();
        signal.addEventListener("abort", stop, { once: true });
        if (signal.aborted) stop();
      }),
  };
}

interface SdkCall {
  candidate: Candidate;
  input: QueuedCall["input"];
  limits: AttemptLimits;
  log: Pick<Log, "error">;
}

function startSdkAttempt(
  provider: Provider,
  { candidate: { target }, input, limits, log }: SdkCall,
  listener: AttemptListener<Completion>,
): RunningAttempt {
  const stop = new AbortController();
  let facts: AnswerFacts | undefined;
  const { model, maxOutputTokens } = target;
  const { upstreamModel, defaultEffort } = model;
  const request = { upstreamModel, input, defaultEffort, maxOutputTokens };
  const options = { signal: stop.signal, timeoutMs: Math.max(1, Math.ceil(limits.firstContentMs)) };
  provider.complete(request, options).then(
    (completion) => {
      const { usage, finishReason, upstreamModel } = completion;
      facts = { usage, wireUsage: undefined, finishReason, upstreamModel };
      listener.completed(completion);
    },
    (error: unknown) => listener.failed(toFailure(target, error, log)),
  );
  return {
    abort: () => stop.abort(),
    pause: () => {},
    resume: () => {},
    facts: () => facts,
    deliveredBytes: () => 0,
  };
}

/** Anything else that is thrown is our own defect, and a failed call too. */
function toFailure({ provider }: Target, error: unknown, log: Pick<Log, "error">): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  log.error({ err: error, provider }, "engine defect");
  return new ProviderFailure("server", {
    provider,
    publicCode: "internal_error",
    publicMessage: "Something failed on our side. Send the request again.",
  });
}
