import type { Outputs } from "../../../../_client/trpc";

export type Domain = Outputs["domains"]["list"]["data"][number];
export type Company = Outputs["companySignIn"]["get"];
export type Connection = NonNullable<Company["connection"]>;
