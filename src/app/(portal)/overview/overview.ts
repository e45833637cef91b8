import type { Outputs } from "../../client/trpc";

export type Overview = Outputs["overview"]["get"];
