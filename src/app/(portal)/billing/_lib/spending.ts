import type { Outputs } from "../../../_client/trpc";

export type Spending = Outputs["billing"]["spending"];

/** Whether the cap lets nothing more through: what is set aside may still turn out smaller. */
export function isCapReached({ cap_micros, spent_micros }: Spending): boolean {
  return cap_micros !== null && spent_micros >= cap_micros;
}
