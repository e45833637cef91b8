import { orgRoles, roles as words } from "@/shared/permissions";
import type { Outputs } from "../../../_client/trpc";

export type Team = Outputs["team"]["list"];
export type Member = Team["members"][number];
export type Invitation = Team["invitations"][number];
export type Role = Member["role"];

/** What each role lets a member do, in the order the roles are offered. */
export const roles: { value: Role; label: string; can: string }[] = orgRoles.map((value) => ({
  value,
  ...words[value],
}));

export interface RoleOption {
  /** A built-in role, or the ID of a custom one. */
  value: string;
  label: string;
  can?: string;
}

/** The name of somebody's role, as people read it. */
export const roleNameOf = ({ role, custom_role }: Pick<Member, "role" | "custom_role">): string =>
  custom_role?.name ?? roleLabel(role);

/** The roles that a dialog offers: built-in ones, then the organization's own. */
export function roleOptions(
  assignable: readonly Role[],
  custom: readonly { id: string; name: string; permissions: readonly string[] }[],
): RoleOption[] {
  return [
    ...roles.filter(({ value }) => assignable.includes(value)),
    ...custom.map(({ id, name, permissions }) => ({ value: id, label: name, can: permissions.join(", ") })),
  ];
}

export const roleLabel = (role: Role) => roles.find(({ value }) => value === role)?.label ?? role;

/** The roles a member may assign. The server enforces it; here it hides what would be refused. */
export function rolesToAssign(role: Role | undefined): Role[] {
  const all = roles.map(({ value }) => value);
  if (role === "owner") return all;
  return role === "admin" ? all.filter((one) => one !== "owner") : [];
}
