import type { Outputs } from "../../../_client/trpc";

/** A request as lists show it. */
export type RequestItem = Outputs["history"]["list"]["data"][number];
export type RequestStatus = RequestItem["status"];

/** A request as its own page shows it. */
export type RequestDetail = Outputs["inference"]["detail"];

export const statuses = [
  "queued",
  "processing",
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly RequestStatus[];
