import Stripe from "stripe";
import { SECOND } from "../../platform/clock";
import { metrics } from "../../platform/observability/metrics";
import { withTimeout } from "../../platform/with-timeout";

type Client = NonNullable<Stripe.StripeConfig["httpClient"]>;
type Call = Parameters<Client["makeRequest"]>;
type Answer = Awaited<ReturnType<Client["makeRequest"]>>;

/** So many calls at once, of a process; Stripe itself takes a hundred a second. */
const AT_ONCE = 8;
const WAITING_AT_MOST = 64;
const WAIT_MS = 2 * SECOND;
/** What only asks may be asked again; what changes something, and may charge a card, gets the client's whole time. */
const READ_MS = 5 * SECOND;
/** After so many calls in a row without an answer nobody else waits for one, until one that tries has got it. */
const SILENT_CALLS = 3;
const CLOSED_MS = 5 * SECOND;

export interface GateLimits {
  atOnce: number;
  waitingAtMost: number;
  waitMs: number;
  readMs: number;
  closedMs: number;
}

/** Said at once instead of one more call that waits. */
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
 * The way of every call to Stripe out of this process. It bounds how many run and how many wait, and closes for some
 * seconds when Stripe does not answer at all, so that a Stripe that hangs costs its own callers a quick 503 and nobody
 * else anything. An answer, whatever it says, opens it.
 */
export class StripeGate implements Client {
  readonly #limits: GateLimits;
  readonly #waiting = new Set<(refusal?: StripeBusyError) => void>();
  #running = 0;
  #silent = 0;
  #closedUntil = 0;
  #trying = false;

  constructor(
    private readonly client: Client = Stripe.createNodeHttpClient(),
    limits: Partial<GateLimits> = {},
  ) {
    this.#limits = {
      atOnce: AT_ONCE,
      waitingAtMost: WAITING_AT_MOST,
      waitMs: WAIT_MS,
      readMs: READ_MS,
      closedMs: CLOSED_MS,
      ...limits,
    };
  }

  getClientName(): string {
    return this.client.getClientName();
  }

  async makeRequest(...call: Call): Promise<Answer> {
    await this.#enter();
    let left = false;
    const leave = (outcome: "answered" | "busy" | "failed" | "silent") => {
      if (left) return;
      left = true;
      metrics().stripeCalls.inc({ outcome });
      this.#leave(outcome !== "silent");
    };
    try {
      const [host, port, path, method, headers, data, protocol, given] = call;
      const timeout = method === "GET" ? Math.min(given, this.#limits.readMs) : given;
      const sent = this.client.makeRequest(host, port, path, method, headers, data, protocol, timeout);
      const answer = await within(sent, timeout);
      // A call is over when its body has been read: one that stops half-way counts as long as it lasts.
      const body = within(Promise.resolve(answer.toJSON()), timeout);
      body.then(
        () => leave(outcomeOf(answer.getStatusCode())),
        () => leave("silent"),
      );
      return {
        getStatusCode: () => answer.getStatusCode(),
        getHeaders: () => answer.getHeaders(),
        getRawResponse: () => answer.getRawResponse(),
        toStream: (completed) => answer.toStream(completed),
        toJSON: () => body,
      };
    } catch (error) {
      leave("silent");
      throw error;
    }
  }

  async #enter(): Promise<void> {
    this.#refuseIfClosed();
    if (this.#running < this.#limits.atOnce) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.size >= this.#limits.waitingAtMost) throw this.#busy("too many calls wait already");
    await new Promise<void>((resolve, reject) => {
      const turn = (refusal?: StripeBusyError) => {
        clearTimeout(late);
        this.#waiting.delete(turn);
        if (refusal === undefined) resolve();
        else reject(refusal);
      };
      const late = setTimeout(() => turn(this.#busy("no call came free in time")), this.#limits.waitMs);
      this.#waiting.add(turn);
    });
  }

  /** While it is closed, and then for all but the one call that tries whether Stripe is back. */
  #refuseIfClosed(): void {
    if (this.#silent < SILENT_CALLS) return;
    const left = this.#closedUntil - performance.now();
    if (left > 0) throw new StripeBusyError("Stripe has not answered", Math.ceil(left / SECOND));
    if (this.#trying) throw this.#busy("Stripe has not answered");
    this.#trying = true;
  }

  #leave(answered: boolean): void {
    this.#trying = false;
    this.#silent = answered ? 0 : this.#silent + 1;
    if (this.#silent >= SILENT_CALLS) {
      this.#closedUntil = performance.now() + this.#limits.closedMs;
      for (const turn of [...this.#waiting]) turn(this.#busy("Stripe has not answered"));
    }
    const [next] = this.#waiting;
    if (next === undefined) this.#running -= 1;
    else next();
  }

  #busy(why: string): StripeBusyError {
    metrics().stripeCalls.inc({ outcome: "refused" });
    return new StripeBusyError(why, Math.ceil(this.#limits.closedMs / SECOND));
  }
}

function outcomeOf(status: number): "answered" | "busy" | "failed" {
  if (status === 429) return "busy";
  return status >= 500 ? "failed" : "answered";
}

/** The socket's own timeout starts anew with every byte: an answer that drips is late as well. */
function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return withTimeout(promise, ms, () => Stripe.HttpClient.makeTimeoutError());
}
