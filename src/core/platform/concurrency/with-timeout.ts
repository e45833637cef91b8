/** The result of `work`, or a rejection with `timeoutError()` after `ms`. The work itself is not stopped. */
export async function withTimeout<T>(
  work: Promise<T>,
  ms: number,
  timeoutError: () => unknown = () => new Error("no answer in time"),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeoutError()), ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
