import type { Outputs } from "../../../../../_client/trpc";

export type Organization = Outputs["operators"]["organization"];
