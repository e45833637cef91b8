import { Check } from "lucide-react";
import { type Column, ListTable } from "@/components/data/list-table";
import { orgRoles, permissions, roles, type Scope, scopes } from "@/shared/permissions";

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const columns: Column<Scope>[] = [
  {
    name: "Permission",
    kind: "heading",
    cell: (scope) => (
      <>
        <span className="block font-medium">{upper(permissions[scope].can)}</span>
        <code className="text-[13px] text-muted">{scope}</code>
      </>
    ),
  },
  ...orgRoles.map(
    (role): Column<Scope> => ({
      name: roles[role].label,
      cell: (scope) =>
        permissions[scope].roles.includes(role) ? (
          <>
            <Check className="size-4 text-accent" aria-hidden="true" />
            <span className="sr-only">Yes</span>
          </>
        ) : (
          <span className="sr-only">No</span>
        ),
    }),
  ),
];

/** The table that the checks of every call use. */
export function PermissionTable() {
  return (
    <ListTable
      caption="What built-in roles can do"
      columns={columns}
      rows={scopes}
      rowKey={(scope) => scope}
    />
  );
}
