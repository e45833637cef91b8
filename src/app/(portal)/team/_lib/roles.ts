import type { Outputs } from "../../../_client/trpc";

export type Team = Outputs["team"]["list"];
export type Member = Team["members"][number];
export type Invitation = Team["invitations"][number];
export type Role = Member["role"];

export const roleNames = ["owner", "admin", "developer", "billing", "viewer"] as const satisfies Role[];

/** What each role lets a member do, in the order the roles are offered. */
export const roles: { value: Role; label: string; can: string }[] = [
  { value: "owner", label: "Owner", can: "Everything, including other owners." },
  { value: "admin", label: "Admin", can: "Members, keys, billing and settings." },
  { value: "developer", label: "Developer", can: "Keys, prompts and requests." },
  { value: "billing", label: "Billing", can: "Plan, invoices and usage; no prompts." },
  { value: "viewer", label: "Viewer", can: "Views requests, keys and usage." },
];

export const roleLabel = (role: Role) => roles.find(({ value }) => value === role)?.label ?? role;

/** The roles a member may assign. The server enforces it; here it hides what would be refused. */
export function rolesToAssign(role: Role | undefined): Role[] {
  const all = roles.map(({ value }) => value);
  if (role === "owner") return all;
  return role === "admin" ? all.filter((one) => one !== "owner") : [];
}
