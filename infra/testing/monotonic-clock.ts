import { vi } from "vitest";

/*
 * Both change `performance.now` in this process until the end of the block, for code that measures the age of something with it. Timers
 * and the time of day go on.
 */

/** Five seconds have passed. */
export function inFiveSeconds(): Disposable {
  const now = performance.now.bind(performance);
  return until(vi.spyOn(performance, "now").mockImplementation(() => now() + 5_000));
}

/** Nothing grows older: what is dropped was not dropped for its age. */
export function nothingAges(): Disposable {
  const now = performance.now();
  return until(vi.spyOn(performance, "now").mockImplementation(() => now));
}

function until(spy: { mockRestore(): void }): Disposable {
  return { [Symbol.dispose]: () => spy.mockRestore() };
}
