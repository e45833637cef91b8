import Stripe from "stripe";
import { SECOND } from "../../platform";
import { withTimeout } from "../../platform/concurrency/with-timeout";
import { billingMetrics } from "../metrics";

type Client = NonNullable<Stripe.StripeConfig["httpClient"]>;
type Call = Parameters<Client["makeRequest"]>;
type Response = Awaited<ReturnType<Client["makeRequest"]>>;

/** Concurrent calls per process; Stripe allows a hundred per second. */
const MAX_CONCURRENT = 8;
const MAX_QUEUED = 64;
const QUEUE_MS = 2 * SECOND;
/** A read can be repeated, so it times out early. A write may charge a card: it gets the client's whole timeout. */
const READ_TIMEOUT_MS = 5 * SECOND;
/** Consecutive calls without a response after which the circuit opens. */
const FAILURE_THRESHOLD = 3;
const OPEN_MS = 5 * SECOND;

export interface CircuitLimits {
  maxConcurrent: number;
  maxQueued: number;
  queueMs: number;
  readTimeoutMs: number;
  openMs: number;
}

/** Thrown at once when too many calls are waiting already. */
export class StripeBusyError extends Error {
  override readonly name = "StripeBusyError";
  constructor(
    why: string,
    readonly retryAfterSeconds: number,
  ) {
    super(why);
  }
}

/**
 * All calls of this process to Stripe go through it: a bulkhead (few calls run, few wait) with a circuit breaker. When
 * Stripe stops answering, the circuit opens for some seconds and callers get a quick 503. Any response, including an
 * error, closes it.
 */
export class StripeCircuitBreaker implements Client {
  readonly #limits: CircuitLimits;
  readonly #waiting = new Set<(refusal?: StripeBusyError) => void>();
  #running = 0;
  #failures = 0;
  #openUntil = 0;
  #probing = false;

  constructor(
    private readonly client: Client = Stripe.createNodeHttpClient(),
    limits: Partial<CircuitLimits> = {},
  ) {
    this.#limits = {
      maxConcurrent: MAX_CONCURRENT,
      maxQueued: MAX_QUEUED,
      queueMs: QUEUE_MS,
      readTimeoutMs: READ_TIMEOUT_MS,
      openMs: OPEN_MS,
      ...limits,
    };
  }

  getClientName(): string {
    return this.client.getClientName();
  }

  async makeRequest(...call: Call): Promise<Response> {
    await this.#enter();
    let left = false;
    const leave = (outcome: "answered" | "busy" | "failed" | "silent") => {
      if (left) return;
      left = true;
      billingMetrics().stripeCalls.inc({ outcome });
      this.#leave(outcome !== "silent");
    };
    try {
      const [host, port, path, method, headers, data, protocol, given] = call;
      const timeout = method === "GET" ? Math.min(given, this.#limits.readTimeoutMs) : given;
      const sent = this.client.makeRequest(host, port, path, method, headers, data, protocol, timeout);
      const response = await within(sent, timeout);
      // A call ends when its body has been read, so a body that stalls counts against the timeout.
      const body = within(Promise.resolve(response.toJSON()), timeout);
      body.then(
        () => leave(outcomeOf(response.getStatusCode())),
        () => leave("silent"),
      );
      return {
        getStatusCode: () => response.getStatusCode(),
        getHeaders: () => response.getHeaders(),
        getRawResponse: () => response.getRawResponse(),
        toStream: (completed) => response.toStream(completed),
        toJSON: () => body,
      };
    } catch (error) {
      leave("silent");
      throw error;
    }
  }

  async #enter(): Promise<void> {
    this.#assertNotOpen();
    if (this.#running < this.#limits.maxConcurrent) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.size >= this.#limits.maxQueued) throw this.#busy("too many calls wait already");
    await new Promise<void>((resolve, reject) => {
      const wake = (refusal?: StripeBusyError) => {
        clearTimeout(late);
        this.#waiting.delete(wake);
        if (refusal === undefined) resolve();
        else reject(refusal);
      };
      const late = setTimeout(() => wake(this.#busy("no call came free in time")), this.#limits.queueMs);
      this.#waiting.add(wake);
    });
  }

  /** Throws while the circuit is open. Afterwards one call may probe whether Stripe is back; the others still throw. */
  #assertNotOpen(): void {
    if (this.#failures < FAILURE_THRESHOLD) return;
    const left = this.#openUntil - performance.now();
    if (left > 0) throw new StripeBusyError("Stripe has not answered", Math.ceil(left / SECOND));
    if (this.#probing) throw this.#busy("Stripe has not answered");
    this.#probing = true;
  }

  #leave(answered: boolean): void {
    this.#probing = false;
    this.#failures = answered ? 0 : this.#failures + 1;
    if (this.#failures >= FAILURE_THRESHOLD) {
      this.#openUntil = performance.now() + this.#limits.openMs;
      for (const wake of [...this.#waiting]) wake(this.#busy("Stripe has not answered"));
    }
    const [next] = this.#waiting;
    if (next === undefined) this.#running -= 1;
    else next();
  }

  #busy(why: string): StripeBusyError {
    billingMetrics().stripeCalls.inc({ outcome: "refused" });
    return new StripeBusyError(why, Math.ceil(this.#limits.openMs / SECOND));
  }
}

function outcomeOf(status: number): "answered" | "busy" | "failed" {
  if (status === 429) return "busy";
  return status >= 500 ? "failed" : "answered";
}

/** The socket's own timeout restarts with every byte, so a response that trickles would never time out. */
function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return withTimeout(promise, ms, () => Stripe.HttpClient.makeTimeoutError());
}
