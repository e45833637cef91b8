import type { Outputs } from "../../../_client/trpc";

export type Overview = Outputs["overview"]["get"];
