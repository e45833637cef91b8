import type { Outputs } from "../../../../_client/trpc";

export type Model = Outputs["operators"]["models"]["data"][number];
