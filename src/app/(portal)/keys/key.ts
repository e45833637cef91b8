import type { Outputs } from "../../client/trpc";

export type Key = Outputs["keys"]["list"]["data"][number];

/** Whether calls with the key are still answered. */
export function isUsable(key: Key): boolean {
  return key.status === "active" || key.status === "rotating";
}
