import type { IdPrefix, UserPrincipal } from "../../../src/core/platform";
import { fromPublicId } from "../../../src/core/platform";

/** The organization that is managed, and what was made in it so far. */
export interface Stage {
  /** On the plan that has every feature. */
  owner: UserPrincipal;
  /** An admin of it. */
  colleague: UserPrincipal;
  made: Map<string, string>;
}

export type Write = [name: string, write: () => Promise<unknown>];

/** Remembers what a write made, for those after it. */
export const keep =
  ({ made }: Stage, name: string, prefix: IdPrefix) =>
  ({ id }: { id: string }) => {
    made.set(name, fromPublicId(prefix, id));
  };

export function idOf({ made }: Stage, name: string): string {
  const id = made.get(name);
  if (id === undefined) throw new Error(`no ${name} was made`);
  return id;
}
