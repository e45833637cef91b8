import { availableParallelism } from "node:os";
import pLimit, { type LimitFunction } from "p-limit";
import { AppError } from "../../platform";

/**
 * Hashing a password costs a core some 20 ms by intent. At most one hash per core runs at a time and a bounded queue
 * waits, so that a flood of sign-ins answers 503 instead of starving DNS and files, which share Node's thread pool.
 */
export class PasswordGate {
  readonly #limit: LimitFunction;

  constructor(
    private readonly width = availableParallelism(),
    private readonly maxWaiting = 100,
  ) {
    this.#limit = pLimit(width);
  }

  /** @throws AppError `service_unavailable` when too many already wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { activeCount, pendingCount } = this.#limit;
    if (activeCount + pendingCount >= this.width + this.maxWaiting) {
      throw new AppError("service_unavailable", {
        public: "Too many people are signing in right now. Try again in a few seconds.",
        internal: "the password queue is full",
        retryAfterSeconds: 2,
      });
    }
    return this.#limit(work);
  }
}
