import type { Outputs } from "../../../../_client/trpc";

export type Domain = Outputs["domains"]["list"]["data"][number];
export type Company = Outputs["companySignIn"]["get"];
export type Connection = NonNullable<Company["connection"]>;
export type Directory = Outputs["directory"]["get"];
export type DirectoryToken = Directory["tokens"][number];
export type DirectoryGroup = Outputs["directory"]["groups"]["data"][number];
