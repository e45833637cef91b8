import { vi } from "vitest";

/*
 * Both hold to the end of the block, in this process, for whoever counts how old something is by `performance.now`; timers and the
 * time of day go on.
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
