import type { Outputs } from "../../../../../_client/trpc";

export type Inquiry = Outputs["operators"]["inquiry"];
