export interface BackoffOptions {
  /** The pause before the first retry. */
  baseMs: number;
  /** The longest pause. */
  capMs: number;
  /**
   * How random the pause is, so that callers that failed together do not retry together. `none`: exact; `equal`: half
   * of it random; `full`: all of it.
   */
  jitter?: "none" | "equal" | "full";
  /** In [0, 1). */
  random?: number;
}

/** Exponential backoff in milliseconds before retry `attempt`, counted from 0. */
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
