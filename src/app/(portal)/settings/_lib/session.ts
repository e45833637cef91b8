import type { Outputs } from "../../../_client/trpc";

export type Session = Outputs["account"]["sessions"]["list"]["data"][number];
