import { Check } from "lucide-react";
import { type Column, ListTable } from "@/components/data/list-table";
import { capitalized } from "@/shared/format/capitalized";
import { orgRoles, permissions, roles, type Scope, scopes } from "@/shared/permissions";

const columns: Column<Scope>[] = [
  {
    name: "Permission",
    kind: "heading",
    cell: (scope) => (
      <>
        <span className="block font-medium">{capitalized(permissions[scope].can)}</span>
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
