import type { Outputs } from "../../../_client/trpc";

export type Spending = Outputs["billing"]["spending"];

/** Whether the cap is spent. Held amounts do not count: they may still be released. */
export function isCapReached({ cap_micros, spent_micros }: Spending): boolean {
  return cap_micros !== null && spent_micros >= cap_micros;
}
