import type { Directives, Failure } from "./failures";

export type Calls = {
  total: number;
  /** Calls that got a complete, successful answer. */
  answered: number;
  /** Calls per nonce that their prompts carried. */
  by_nonce: Record<string, number>;
  answered_by_nonce: Record<string, number>;
  in_flight: number;
  /** The most calls that were ever open at the same time since the last reset. */
  peak_in_flight: number;
};

/** What one simulator was asked, and what it decides to do about the next call. */
export class Journal {
  #calls = emptyCalls();
  #failed = new Map<string, number>();
  #behavior: { failure: Failure; until: number } | undefined;

  calls(): Calls {
    return structuredClone(this.#calls);
  }

  /** Forgets counts, nonces and behavior. Calls that are open stay counted as open. */
  reset(): void {
    this.#calls = { ...emptyCalls(), in_flight: this.#calls.in_flight };
    this.#failed.clear();
    this.#behavior = undefined;
  }

  /** Every call that asks for nothing else fails this way for `forMs` milliseconds; undefined ends it. */
  behave(failure: Failure | undefined, forMs: number): void {
    this.#behavior = failure === undefined ? undefined : { failure, until: Date.now() + forMs };
  }

  /** Notes a call, and says which failures apply to it now. */
  open({ failures, nonces }: Directives): { due: Failure[]; close: (answered: boolean) => void } {
    const calls = this.#calls;
    calls.total++;
    calls.in_flight++;
    calls.peak_in_flight = Math.max(calls.peak_in_flight, calls.in_flight);
    for (const nonce of nonces) calls.by_nonce[nonce] = (calls.by_nonce[nonce] ?? 0) + 1;

    const wanted = failures.length > 0 ? failures : this.#currentBehavior();
    const due = wanted.filter((failure) => this.#isDue(failure));
    let closed = false;
    return {
      due,
      close: (answered) => {
        if (closed) return;
        closed = true;
        this.#calls.in_flight--;
        if (!answered || this.#calls !== calls) return;
        calls.answered++;
        for (const nonce of nonces)
          calls.answered_by_nonce[nonce] = (calls.answered_by_nonce[nonce] ?? 0) + 1;
      },
    };
  }

  #currentBehavior(): Failure[] {
    if (this.#behavior === undefined || this.#behavior.until < Date.now()) return [];
    return [this.#behavior.failure];
  }

  #isDue({ nonce, times }: Failure): boolean {
    if (nonce === undefined) return true;
    const failed = this.#failed.get(nonce) ?? 0;
    if (failed >= times) return false;
    this.#failed.set(nonce, failed + 1);
    return true;
  }
}

const emptyCalls = (): Calls => ({
  total: 0,
  answered: 0,
  by_nonce: {},
  answered_by_nonce: {},
  in_flight: 0,
  peak_in_flight: 0,
});
