import type { Outputs } from "../../../../client/trpc";

export type Inquiry = Outputs["operators"]["inquiry"];
