import type { Outputs } from "../../../_client/trpc";

export type Detail = Outputs["inference"]["detail"];
