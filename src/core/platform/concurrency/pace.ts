/** So a long step, such as one that waited for a slow store, is not followed by a long rest. */
const LONGEST_REST_MS = 200;

/**
 * Leaves time to others between the steps of long work in the background: whoever rests after each step has at most `share` of
 * a database and a core, however fast the steps are, so that work of many pages does not move the response times of customers' calls.
 */
export class Pace {
  #since = performance.now();

  constructor(private readonly share: number) {}

  /** Rests in proportion to the time since the last rest, but no longer than `mostMs`. */
  async rest(mostMs = LONGEST_REST_MS): Promise<void> {
    const worked = performance.now() - this.#since;
    const ms = Math.min(mostMs, worked * (1 / this.share - 1));
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#since = performance.now();
  }
}
