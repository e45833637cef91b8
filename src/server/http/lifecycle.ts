/**
 * Whether this process is serving or draining. While it drains, readiness fails, responses close their connections, and
 * calls that only wait for a result stop waiting.
 */
export class Lifecycle {
  #draining = false;
  readonly #calls = new Set<AbortController>();

  get draining(): boolean {
    return this.#draining;
  }

  /** Registers a call in flight; its signal aborts at hang-up (the caller of `begin` sees to that) and at drain. */
  begin(): AbortController {
    const call = new AbortController();
    if (this.#draining) call.abort();
    else this.#calls.add(call);
    return call;
  }

  end(call: AbortController): void {
    this.#calls.delete(call);
  }

  drain(): void {
    this.#draining = true;
    for (const call of this.#calls) call.abort();
    this.#calls.clear();
  }
}
