import { capitalized } from "@/shared/format/capitalized";
import type { Outputs } from "../../../../../_client/trpc";

export type Organization = Outputs["operators"]["organization"];

/** "enterprise" → "Enterprise", for sentences; elsewhere CSS capitalizes. */
export function planName(plan: Organization["plan"]): string {
  return capitalized(plan);
}
