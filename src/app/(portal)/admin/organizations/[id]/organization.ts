import type { Outputs } from "../../../../client/trpc";

export type Organization = Outputs["operators"]["organization"];
