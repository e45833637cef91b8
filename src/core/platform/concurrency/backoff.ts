export interface BackoffOptions {
  /** The pause before the first repetition. */
  baseMs: number;
  /** No pause is longer. */
  capMs: number;
  /**
   * How much of the pause is left to chance, so that callers that failed together do not come back together.
   * `none`: the pause is exact; `equal`: half of it is; `full`: anything from nothing to all of it.
   */
  jitter?: "none" | "equal" | "full";
  /** In [0, 1). */
  random?: number;
}

/** Exponential backoff: the milliseconds to wait before repetition `attempt`, counted from 0. */
export function backoff(
  attempt: number,
  { baseMs, capMs, jitter = "none", random = Math.random() }: BackoffOptions,
): number {
  const pause = Math.min(capMs, baseMs * 2 ** attempt);
  switch (jitter) {
    case "none":
      return pause;
    case "equal":
      return pause * (0.5 + random / 2);
    case "full":
      return pause * random;
  }
}
