import { availableParallelism } from "node:os";
import { AppError } from "../../platform/errors";

/**
 * Hashing a password costs a core some 20 ms by intent. At most one hash per core runs at a time and a bounded queue
 * waits, so that a flood of sign-ins answers 503 instead of starving DNS and files, which share Node's thread pool.
 */
export class PasswordGate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly width = availableParallelism(),
    private readonly maxWaiting = 100,
  ) {}

  /** @throws AppError `service_unavailable` when too many already wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.width) {
      this.#running += 1;
    } else if (this.#waiting.length < this.maxWaiting) {
      // Whoever leaves hands its place over: `#running` stays as it is.
      await new Promise<void>((enter) => this.#waiting.push(enter));
    } else {
      throw new AppError("service_unavailable", {
        public: "Too many people are signing in at this moment. Try again in a few seconds.",
        internal: "the password queue is full",
        retryAfterSeconds: 2,
      });
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
