import type { AdmittedCall, CallEnd } from "@agathaai/core/admission";
import { AppError } from "@agathaai/core/platform";
import { log } from "@agathaai/core/platform/observability/log";
import type {
  GenerationSink,
  Outcome,
  RunningGeneration,
  Target,
} from "@agathaai/worker/engine/live/generation";
import { toAppError } from "../../errors/to-app-error";
import type { PreparedCall } from "../dialect";
import type { Exchange } from "../exchange";
import type { Recording } from "../generations/recording";
import type { OpenCall, OpenCalls } from "../open-calls";
import { callEnd } from "./call-end";
import { withBilledUsage } from "./estimate";
import { endedByCaller, failureOf } from "./failure";
import { type Charged, chargedFor } from "./usage";

export interface ReplyParts {
  exchange: Exchange;
  admitted: AdmittedCall;
  call: PreparedCall;
  open: OpenCalls;
  /** Where its caller wants to read the answer again. */
  recording?: Recording | undefined;
}

/**
 * One admitted call, from its provider to its client. The provider is asked at once; the client's first byte waits until
 * the call is on record (`opened`), and its last until the call is settled. So who saw a whole answer is billed for
 * exactly it, and a call that was never recorded has shown nothing. A client who leaves ends the provider's work, unless
 * the answer is kept to be read again.
 */
export abstract class Reply<Answer> implements GenerationSink<Answer>, OpenCall {
  slot = -1;
  protected readonly exchange: Exchange;
  protected readonly recording: Recording | undefined;
  readonly #call: PreparedCall;
  readonly #admitted: AdmittedCall;
  readonly #open: OpenCalls;
  protected running: RunningGeneration | undefined;
  /** On record: bytes may go out. */
  protected opened = false;
  #outcome: Outcome<Answer> | undefined;
  #stopping = false;
  #ended: (() => void) | undefined;

  constructor({ exchange, admitted, call, open, recording }: ReplyParts) {
    this.exchange = exchange;
    this.recording = recording;
    this.#admitted = admitted;
    this.#call = call;
    this.#open = open;
  }

  /** Resolves when the answer is out, or nobody wants it any more, and the call is settled. */
  run(start: (sink: GenerationSink<Answer>) => RunningGeneration): Promise<void> {
    return new Promise((resolve) => {
      this.#ended = resolve;
      this.#open.add(this);
      this.exchange.outgoing.on("close", () => {
        if (!this.exchange.outgoing.writableFinished) this.#clientLeft();
      });
      this.#admitted.opened.then(
        () => this.#whenOpened(),
        (error: unknown) => this.#neverOpened(error),
      );
      this.running = start(this);
      if (this.recording !== undefined) this.recording.stop = () => this.running?.abort();
      if (this.exchange.left) this.#clientLeft();
    });
  }

  protected get firstTarget(): Target {
    return this.#call.targets[0];
  }

  #clientLeft(): void {
    if (this.recording?.outlivesCaller === true && this.#isSeen(this.recording)) this.detach();
    else this.running?.abort();
  }

  #isSeen({ onceBegun }: Recording): boolean {
    return !onceBegun || this.exchange.outgoing.headersSent;
  }

  /** The reader has left: the answer is consumed as fast as it comes. */
  protected detach(): void {
    this.running?.resume();
  }

  abstract answering(target: Target): void;
  abstract frames(bytes: Buffer): void;
  abstract tick(now: number): void;
  /** The call is recorded: frames held back until then may be sent. */
  protected abstract release(): void;
  /** Settled: the end of the answer. */
  protected abstract finish(outcome: Outcome<Answer>, charged: Charged): void;
  /** There will be no (whole) answer. */
  protected abstract fail(error: AppError): void;

  end(outcome: Outcome<Answer>): void {
    this.#outcome = outcome;
    if (this.opened) void this.#settle(outcome);
  }

  endForShutdown(): void {
    this.#stopping = true;
    this.running?.abort();
  }

  #whenOpened(): void {
    if (this.#ended === undefined) return;
    this.opened = true;
    this.release();
    if (this.#outcome !== undefined) void this.#settle(this.#outcome);
  }

  #neverOpened(error: unknown): void {
    this.running?.abort();
    this.fail(toAppError(error));
    void this.recording?.release();
    this.#close();
  }

  async #settle(ended: Outcome<Answer>): Promise<void> {
    let outcome = ended;
    try {
      const end = this.#endOf(outcome);
      outcome = withBilledUsage(outcome, end);
      const error = errorOf(outcome, end);
      if (this.recording !== undefined) await this.recording.end(outcome, error);
      const settlement = await this.#admitted.settle(end);
      if (this.recording !== undefined) await this.recording.settled();
      this.#answer(outcome, error, chargedFor(end, settlement));
    } catch (error) {
      log().error({ err: error, request_id: this.exchange.requestId }, "a call could not be settled");
      this.fail(outcome.failure === undefined ? toAppError(error) : failureOf(outcome.failure));
    }
    this.#close();
  }

  /** A call that cannot be priced is a defect of ours: it is not billed, and its reservation is released. */
  #endOf(outcome: Outcome<Answer>): CallEnd {
    const latencyMs = performance.now() - this.exchange.startedAt;
    try {
      return callEnd(outcome, { call: this.#call, stopping: this.#stopping, latencyMs });
    } catch (error) {
      log().error({ err: error, request_id: this.exchange.requestId }, "a call could not be priced");
      return { status: "failed", attempts: outcome.attempts };
    }
  }

  #answer(outcome: Outcome<Answer>, error: AppError | undefined, charged: Charged): void {
    if (this.exchange.left) return;
    if (error === undefined) this.finish(outcome, charged);
    else this.fail(error);
  }

  #close(): void {
    this.#open.delete(this);
    this.recording?.close();
    this.#ended?.();
    this.#ended = undefined;
  }
}

/** Of a call that did not complete. */
function errorOf({ failure }: Outcome<unknown>, { status }: CallEnd): AppError | undefined {
  if (status === "completed") return undefined;
  if (failure !== undefined) return failureOf(failure);
  return status === "cancelled" ? endedByCaller() : stopped();
}

function stopped(): AppError {
  return new AppError("service_unavailable", {
    public: "This server is restarting and ended the request. You were not billed. Send it again.",
    retryAfterSeconds: 1,
  });
}
