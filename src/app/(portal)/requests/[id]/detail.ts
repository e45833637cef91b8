import type { Outputs } from "../../../client/trpc";

export type Detail = Outputs["inference"]["detail"];
