import type { Outputs } from "../../../../../_client/trpc";

export type Organization = Outputs["operators"]["organization"];

/** "enterprise" → "Enterprise", for sentences; in a page's own places CSS does it. */
export function planName(plan: Organization["plan"]): string {
  return plan.charAt(0).toUpperCase() + plan.slice(1);
}
