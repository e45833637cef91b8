/**
 * Keeps calls away from a service that failed: the circuit is open for `openMs`, then one call per period probes, and a
 * success closes it.
 */
export class CircuitBreaker {
  #openUntil = 0;
  #failed = false;

  constructor(
    private readonly openMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether the last call succeeded. */
  get isClosed(): boolean {
    return !this.#failed;
  }

  /** Whether this call may go out. After a failure, asking uses up the one probe of the period. */
  mayTry(): boolean {
    if (!this.#failed) return true;
    if (this.now() < this.#openUntil) return false;
    this.#openUntil = this.now() + this.openMs;
    return true;
  }

  succeeded(): void {
    this.#failed = false;
  }

  failed(): void {
    this.#failed = true;
    this.#openUntil = this.now() + this.openMs;
  }
}
