import type { Inputs, Outputs } from "../../../_client/trpc";

export type Entry = Outputs["audit"]["list"]["data"][number];
export type EntryDetail = Outputs["audit"]["get"];
export type AuditQuery = Inputs["audit"]["list"];
export type TargetType = NonNullable<Entry["target"]>["type"];

export const targetNames: Record<TargetType, string> = {
  user: "Person",
  organization: "Organization",
  key: "API key",
  provider_key: "Provider key",
  session: "Session",
  passkey: "Passkey",
  inference: "Request",
  invitation: "Invitation",
  domain: "Domain",
  connection: "Company connection",
  directory_token: "SCIM token",
  directory_user: "Person of the directory",
  directory_group: "Group of the directory",
  role: "Role",
  webhook: "Webhook endpoint",
  app: "App",
  service_account: "Service account",
  inquiry: "Inquiry",
  notice: "Status notice",
};
export const targetTypes = Object.keys(targetNames) as TargetType[];
