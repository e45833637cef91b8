import type { Outputs } from "../../../client/trpc";

export type Model = Outputs["operators"]["models"]["data"][number];
