import type { Outputs } from "../../client/trpc";

export type Key = Outputs["keys"]["list"]["data"][number];

/** Whether calls with the key are still answered. */
export function isUsable(key: Key): boolean {
  return key.status === "active" || key.status === "rotating";
}

/** What the code samples beside a new key need to know. */
export interface SampleCall {
  /** The public address of the API. */
  baseUrl: string;
  /** The model to call where the key does not say which it may. */
  model: string;
}
