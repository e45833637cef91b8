import { orgRoles, roles as words } from "@/shared/permissions";
import type { Outputs } from "../../../_client/trpc";

export type Team = Outputs["team"]["list"];
export type Member = Team["members"][number];
export type Invitation = Team["invitations"][number];
export type Role = Member["role"];

export const roleNames = orgRoles;

/** What each role lets a member do, in the order the roles are offered. */
export const roles: { value: Role; label: string; can: string }[] = orgRoles.map((value) => ({
  value,
  ...words[value],
}));

export const roleLabel = (role: Role) => roles.find(({ value }) => value === role)?.label ?? role;

/** The roles a member may assign. The server enforces it; here it hides what would be refused. */
export function rolesToAssign(role: Role | undefined): Role[] {
  const all = roles.map(({ value }) => value);
  if (role === "owner") return all;
  return role === "admin" ? all.filter((one) => one !== "owner") : [];
}
