import type { World } from "../world";
import { invalid } from "./failure";
import { type Fields, integer, text } from "./form";
import type { Declared } from "./parameters";

export type ApiCall = { world: World; id: string; input: Fields };

export type Route = {
  method: "GET" | "POST" | "DELETE";
  /** `/v1/customers/:id`. */
  path: string;
  /** Known under the preview of the version alone. */
  preview?: boolean;
  /** Where the SDK declares the call's parameters. */
  parameters: Declared;
  /**
   * The parameters that the route implements (`items[price]`); a name covers everything below it. Others are refused.
   */
  acts?: readonly string[];
  serve(call: ApiCall): object;
};

/** A page of a list, newest first, by Stripe's cursors. */
export function page<T extends { id: string; created: number }>(
  { world, input }: ApiCall,
  all: readonly T[],
  url: string,
): object {
  const limit = integer(input, "limit") ?? 10;
  if (limit < 1 || limit > 100) throw invalid("This value must be between 1 and 100.", "limit");
  // Of objects made in the same second, the later one comes first.
  const sorted = [...all].reverse().sort((a, b) => b.created - a.created);
  const after = text(input, "starting_after");
  const at = after === undefined ? -1 : sorted.findIndex(({ id }) => id === after);
  if (after !== undefined && at === -1) throw invalid(`No such object: '${after}'`, "starting_after");
  const rest = sorted.slice(at + 1);
  return {
    object: "list",
    url,
    has_more: rest.length > limit,
    data: rest.slice(0, limit).map((object) => world.render(object)),
  };
}
