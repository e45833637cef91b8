/** What the first `count` of them give, in the order in which they do; fails once so many cannot come any more. */
export async function firstOf<T>(count: number, tries: readonly Promise<T>[]): Promise<T[]> {
  return await new Promise((resolve, reject) => {
    const given: T[] = [];
    let failed = 0;
    for (const one of tries)
      one.then(
        (value) => {
          given.push(value);
          if (given.length === count) resolve(given);
        },
        (error: unknown) => {
          failed += 1;
          if (tries.length - failed < count) reject(error);
        },
      );
  });
}
