import type { Outputs } from "../../client/trpc";

export type Session = Outputs["account"]["sessions"]["list"]["data"][number];
