import { Bag, type Bagged } from "@agathaai/core/platform/concurrency/bag";

/** A call in flight, which hears of a hang-up or a drain by its signal. */
export class CallInFlight extends AbortController implements Bagged {
  slot = -1;
}

/**
 * Whether this process is serving or draining. While it drains, readiness fails, responses close their connections, and
 * calls that only wait for a result stop waiting.
 */
export class Lifecycle {
  #draining = false;
  readonly #calls = new Bag<CallInFlight>();

  get draining(): boolean {
    return this.#draining;
  }

  /** Registers a call in flight; its signal aborts at hang-up (the caller of `begin` sees to that) and at drain. */
  begin(): CallInFlight {
    const call = new CallInFlight();
    if (this.#draining) call.abort();
    else this.#calls.add(call);
    return call;
  }

  end(call: CallInFlight): void {
    this.#calls.delete(call);
  }

  drain(): void {
    this.#draining = true;
    for (const call of this.#calls) {
      this.#calls.delete(call);
      call.abort();
    }
  }
}
