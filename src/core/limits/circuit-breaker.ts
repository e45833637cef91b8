/**
 * Keeps calls away from a service that just failed: after a failure nobody asks for `restMs`, then one call at a time
 * tries, and a success opens the way again.
 */
export class CircuitBreaker {
  #restUntil = 0;
  #failed = false;

  constructor(
    private readonly restMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether this caller may try. Where the service last failed, asking takes the one try of this period. */
  mayTry(): boolean {
    if (!this.#failed) return true;
    if (this.now() < this.#restUntil) return false;
    this.#restUntil = this.now() + this.restMs;
    return true;
  }

  succeeded(): void {
    this.#failed = false;
  }

  failed(): void {
    this.#failed = true;
    this.#restUntil = this.now() + this.restMs;
  }
}
