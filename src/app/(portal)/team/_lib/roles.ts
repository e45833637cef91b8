import type { Outputs } from "../../../_client/trpc";

export type Team = Outputs["team"]["list"];
export type Member = Team["members"][number];
export type Invitation = Team["invitations"][number];
export type Role = Member["role"];

export const roleNames = ["owner", "admin", "developer", "billing", "viewer"] as const satisfies Role[];

/** Each role in the words of what it lets a person do; the order is the one they are offered in. */
export const roles: { value: Role; label: string; can: string }[] = [
  { value: "owner", label: "Owner", can: "Everything, including other owners." },
  { value: "admin", label: "Admin", can: "Members, keys, billing and settings." },
  { value: "developer", label: "Developer", can: "Keys, prompts and requests." },
  { value: "billing", label: "Billing", can: "Plan, invoices and usage; no prompts." },
  { value: "viewer", label: "Viewer", can: "Views requests, keys and usage." },
];

export const roleLabel = (role: Role) => roles.find(({ value }) => value === role)?.label ?? role;

/** What the server allows too; here it only keeps offers that would be refused out of sight. */
export function rolesToGive(mine: Role | undefined): Role[] {
  const all = roles.map(({ value }) => value);
  if (mine === "owner") return all;
  return mine === "admin" ? all.filter((role) => role !== "owner") : [];
}
