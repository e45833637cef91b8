/** What the mock provider and those who measure with it agree on. */

export const USAGE = { prompt_tokens: 37, completion_tokens: 50, total_tokens: 87 };

/** Content of a request that the mock fails: with a 500, or by breaking off in the middle of its stream. */
export const FAILING = "Fail now.";

export interface MockCounts {
  /** Answers and streams whose last byte has gone out. */
  answers: number;
  streams: number;
}
