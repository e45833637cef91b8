import type { Outputs } from "../../../../_client/trpc";

export type CustomRole = Outputs["roles"]["list"]["data"][number];
