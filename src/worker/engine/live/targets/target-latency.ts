/** How much of an average the newest call is. */
const NEWEST = 0.3;
/** A target that was not called for this long counts as unmeasured. */
const KNOWN_MS = 60_000;
/** A failure counts as at least this: slower than any target that answers. */
const FAILED_MS = 30_000;

interface Average {
  ms: number;
  at: number;
}

/** How long targets lately took, until the first content of a stream or to the end of a whole answer. */
export class TargetLatency {
  readonly #averages = new Map<string, Average>();

  constructor(private readonly now: () => number) {}

  answered(target: string, ms: number): void {
    const known = this.of(target);
    // A success after failures is a new beginning.
    const isNew = known === undefined || known >= FAILED_MS;
    this.#averages.set(target, { ms: isNew ? ms : known + NEWEST * (ms - known), at: this.now() });
  }

  failed(target: string, ms: number): void {
    this.#averages.set(target, { ms: Math.max(ms, FAILED_MS), at: this.now() });
  }

  of(target: string): number | undefined {
    const average = this.#averages.get(target);
    return average === undefined || this.now() - average.at > KNOWN_MS ? undefined : average.ms;
  }
}
