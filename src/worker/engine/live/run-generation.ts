import { forbiddenMidway, outOfTime } from "../failures/ended-midway";
import { ProviderFailure } from "../failures/errors";
import { countCall } from "../provider-metrics";
import type { AnswerFacts } from "../providers/live-protocol";
import type { AttemptLimits, AttemptListener, RunningAttempt } from "./attempt";
import {
  type Attempt,
  BYTES_PER_TOKEN,
  type GenerationSink,
  type Outcome,
  type RunningGeneration,
  type Target,
} from "./generation";
import { type Candidate, Candidates, type EngineHealth, named } from "./targets/candidates";
import { symptoms } from "./targets/circuit-breaker";
import { latencyName } from "./targets/latency-name";
import { failureOfOwnKey } from "./targets/own-keys";
import { isSeenSoon } from "./targets/seen-soon";
import { inOrderOfChoice } from "./targets/target-choice";
import type { TargetLatency } from "./targets/target-latency";
import { asFailure } from "./upstream/upstream-call";

/** Milliseconds, but for the attempts. */
export interface LiveLimits {
  /** One attempt of a stream, until its first content. */
  firstContentMs: number;
  /** The same of a model that may think before it, unseen; of an answer in one piece, until its last byte. */
  wholeMs: number;
  /** Between two pieces of a stream, once content has come. */
  idleMs: number;
  /** Everything: all attempts, and the whole answer. */
  totalMs: number;
  /** At one target, for failures that may pass by themselves. */
  attemptsPerTarget: number;
}

export interface EngineParts extends EngineHealth {
  limits: LiveLimits;
  latency: TargetLatency;
  random(): number;
  now(): number;
}

/** The request and the targets it may go to. */
export interface Work<Answer> {
  targets: readonly [Target, ...Target[]];
  /** The organization that asks. */
  caller?: string | undefined;
  /** Its latency is that of the first content. */
  streamed: boolean;
  /** Puts it to one target. @throws ProviderFailure where it cannot be said to this target; nothing has been sent then. */
  attempt(candidate: Candidate, limits: AttemptLimits, listener: AttemptListener<Answer>): RunningAttempt;
}

/** Asked about the request itself, every provider would refuse it; and nobody hunts for a laxer content policy. */
const finalKinds = new Set(["rejected", "content_filtered", "aborted"]);

/** As long as a hang-up may take to end the provider's work. */
const USAGE_LINGER_MS = 1_000;

const resolved = Promise.resolve();

const nothingSaid: AnswerFacts = {
  usage: undefined,
  wireUsage: undefined,
  finishReason: undefined,
  upstreamModel: undefined,
};

/**
 * One generation, with a caller who waits or as a job of the queue: attempt after attempt until one delivers content. That
 * one is the answer, whatever becomes of it.
 */
export class GenerationRun<Answer> implements RunningGeneration {
  readonly #candidates: Candidates;
  readonly #attempts: Attempt[] = [];
  readonly #startedAt: number;
  readonly #deadline: NodeJS.Timeout;
  #candidate: Candidate | undefined;
  #attempt: RunningAttempt | undefined;
  #attemptStartedAt = 0;
  #retry: NodeJS.Timeout | undefined;
  /** Runs while the caller has gone and the provider may still say what the answer came to. */
  #linger: NodeJS.Timeout | undefined;
  #firstContentMs: number | undefined;
  #isAnswering = false;
  #isPaused = false;
  #isOver = false;

  constructor(
    private readonly parts: EngineParts,
    private readonly work: Work<Answer>,
    private readonly sink: GenerationSink<Answer>,
  ) {
    const { limits, now } = parts;
    this.#startedAt = now();
    const latencyOf = (target: Target) => parts.latency.of(this.#latencyName(target));
    const targets = inOrderOfChoice(work.targets, { random: parts.random, latencyOf });
    this.#candidates = new Candidates(parts, targets, limits.attemptsPerTarget, work.caller);
    this.#deadline = setTimeout(() => this.#timeOut(), limits.totalMs);
    // Deferred, because the caller's sink may not be ready for a failure yet; by a promise, for `queueMicrotask` makes a resource for each.
    void resolved.then(() => this.#try());
  }

  /**
   * An answer that has said why it ended has its count in its next event: who leaves upon the finish reason would have its
   * reasoning for nothing. So it is waited for, a second at most.
   */
  abort(): void {
    if (this.#isOver) return;
    if (this.#linger === undefined && this.#awaitsUsage()) {
      this.#linger = setTimeout(() => this.abort(), USAGE_LINGER_MS);
      this.resume();
      return;
    }
    this.#attempt?.abort();
    this.#record("aborted");
    this.#end({ result: "aborted" });
  }

  pause(): void {
    this.#isPaused = true;
    this.#attempt?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#attempt?.resume();
  }

  #awaitsUsage(): boolean {
    const facts = this.#attempt?.facts();
    return facts !== undefined && facts.finishReason !== undefined && facts.usage === undefined;
  }

  get #target(): Target {
    return this.#candidate?.target ?? this.work.targets[0];
  }

  #timeLeft(): number {
    return this.parts.limits.totalMs - (this.parts.now() - this.#startedAt);
  }

  #timeOut(): void {
    this.#attempt?.abort();
    const isAnswering = this.#isAnswering;
    const failure = outOfTime(this.#target.provider, { ms: this.parts.limits.totalMs, isAnswering });
    // An answer that takes longer, or is read so slowly, is nobody's failure.
    this.#record(isAnswering ? "aborted" : failure);
    this.#end({ result: isAnswering ? "aborted" : "failed", failure });
  }

  #try(): void {
    // An attempt's own limit may fire in the same millisecond as the whole one's, and before it.
    if (this.#timeLeft() < 1) this.#timeOut();
    while (!this.#isOver) {
      const candidate = this.#candidates.next((skipped) => this.#attempts.push(skipped));
      if (candidate === undefined) {
        const { provider } = this.#target;
        const failure = this.#candidates.failure ?? new ProviderFailure("server", { provider });
        this.#end({ result: "failed", failure });
      } else if (this.#open(candidate)) return;
    }
  }

  /** Whoever keeps silent leaves the targets behind it their share of the time: else fallback would help against all but a stall. */
  #patience({ target: { model } }: Candidate): number {
    const { firstContentMs, wholeMs } = this.parts.limits;
    const most = this.work.streamed && isSeenSoon(model) ? firstContentMs : wholeMs;
    return Math.min(most, Math.ceil(this.#timeLeft() / this.#candidates.left));
  }

  /** False where the request cannot be said to this target. */
  #open(candidate: Candidate): boolean {
    const { limits, now } = this.parts;
    this.#candidate = candidate;
    this.#attemptStartedAt = now();
    try {
      this.#attempt = this.work.attempt(
        candidate,
        { firstContentMs: this.#patience(candidate), idleMs: limits.idleMs },
        {
          frames: (bytes) => this.#deliver(bytes),
          completed: (answer) => this.#complete(answer),
          failed: (failure) => this.#fail(failure),
        },
      );
      if (this.#isPaused) this.#attempt.pause();
      return true;
    } catch (error) {
      const { provider } = candidate.target;
      const failure = asFailure(provider, error);
      this.#attempts.push({ ...named(candidate.target), outcome: failure.kind, ms: 0 });
      // It was not called, so nothing is known of its health.
      this.#candidates.report(candidate, "aborted");
      this.#candidates.failure = failure;
      this.#candidates.moveOn();
      return false;
    }
  }

  #deliver(bytes: Buffer): void {
    if (this.#isOver) return;
    if (this.#firstContentMs === undefined) {
      this.#firstContentMs = this.parts.now() - this.#startedAt;
      this.#isAnswering = true;
      this.#answered();
      this.sink.answering(this.#target);
    }
    // The caller may have hung up upon hearing that.
    if (!this.#isOver && this.#linger === undefined) this.sink.frames(bytes);
  }

  #complete(answer: Answer | undefined): void {
    if (this.#isOver) return;
    if (this.#firstContentMs === undefined) this.#answered();
    this.#firstContentMs ??= this.parts.now() - this.#startedAt;
    this.#record(undefined);
    this.#end({ result: "completed", answer });
  }

  /** Its first content is here. */
  #answered(): void {
    const ms = this.parts.now() - this.#attemptStartedAt;
    this.parts.latency.answered(this.#latencyName(this.#target), ms);
  }

  #latencyName(target: Target): string {
    return latencyName(target, this.work.streamed);
  }

  #fail(cause: ProviderFailure): void {
    if (this.#isOver) return;
    if (symptoms.has(cause.kind)) {
      this.parts.latency.failed(this.#latencyName(this.#target), this.parts.now() - this.#attemptStartedAt);
    }
    this.#record(cause);
    const failure = this.#candidate?.isOwn ? failureOfOwnKey(cause) : cause;
    if (this.#isAnswering || finalKinds.has(failure.kind)) {
      const isForbidden = this.#isAnswering && failure.kind === "content_filtered";
      if (isForbidden) this.#end({ result: "aborted", failure: forbiddenMidway(failure) });
      else this.#end({ result: "failed", failure });
      return;
    }
    this.#attempt = undefined;
    const pause = this.#candidates.pauseAfter(failure);
    if (pause === 0) this.#try();
    else this.#retry = setTimeout(() => this.#try(), pause);
  }

  /** Notes the attempt under way, if there is one. */
  #record(result: ProviderFailure | "aborted" | undefined): void {
    if (this.#attempt === undefined || this.#candidate === undefined) return;
    const { target, credential, isOwn = false } = this.#candidate;
    const { provider, model } = target;
    const kind = result instanceof ProviderFailure ? result.kind : result;
    const ms = Math.round(this.parts.now() - this.#attemptStartedAt);
    const outcome = kind ?? "completed";
    const attempt: Attempt =
      model.routing === undefined
        ? { model: model.id, provider, outcome, ms }
        : { ...named(target), outcome, ms };
    if (isOwn) attempt.byok = true;
    if (credential !== undefined) attempt.credential = credential.label;
    this.#attempts.push(attempt);
    this.#candidates.report(this.#candidate, result);
    // Our operators can do nothing about a customer's own key.
    const isTheirs = isOwn && (kind === "auth" || kind === "rate_limited");
    if (provider !== "simulator" && !isTheirs) {
      countCall({ provider, model: model.id }, ms, kind ?? this.#attempt.facts()?.usage);
    }
  }

  #end(how: Pick<Outcome<Answer>, "result" | "failure" | "answer">): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Whoever left has ended it, whatever came in the second after.
    const { result, failure, answer } = this.#linger === undefined ? how : { result: "aborted" as const };
    clearTimeout(this.#linger);
    clearTimeout(this.#deadline);
    clearTimeout(this.#retry);
    const bytes = this.#attempt?.deliveredBytes() ?? 0;
    const { usage, wireUsage, finishReason, upstreamModel } = this.#attempt?.facts() ?? nothingSaid;
    this.sink.end({
      result,
      failure,
      answer,
      usage,
      wireUsage,
      finishReason,
      upstreamModel,
      target: this.#target,
      attempts: this.#attempts,
      ownKey: this.#candidate?.isOwn ? true : undefined,
      started: this.#isAnswering,
      delivered: { bytes, tokens: Math.ceil(bytes / BYTES_PER_TOKEN) },
      firstContentMs: this.#firstContentMs,
    });
  }
}
