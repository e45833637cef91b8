import { computeLaws } from "./compute-laws";
import type { Law, Resource } from "./law";
import { storageLaws } from "./storage-laws";

/**
 * Mistakes that were planted and that no validator saw: they are found when a stack is deployed, or when a customer
 * calls. Each law has its planted mistake in laws.test.ts.
 */
export const laws: Record<string, readonly Law[]> = { ...storageLaws, ...computeLaws };

export function broken(resources: Record<string, Resource>): string[] {
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
    (laws[Type] ?? []).flatMap((law) => {
      const problem = law(Properties);
      return problem === undefined ? [] : [`${id} (${Type}): ${problem}`];
    }),
  );
}
