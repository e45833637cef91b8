"use client";

import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useScopes } from "../../../../_client/use-scopes";
import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { PageHeader } from "../../../_components/page-header";
import { Section } from "../../../_components/section";
import { CustomRoles } from "./custom-roles";
import { PermissionTable } from "./permission-table";
import { Visibility } from "./visibility";

const parents = [{ href: "/team", label: "Team" }];

export function RolesView() {
  const mayManage = useScopes()?.has("members:write") ?? false;
  return (
    <>
      <Breadcrumbs parents={parents} here="Roles" />
      <PageHeader
        title="Roles"
        actions={
          mayManage && (
            <Button asChild variant="secondary">
              <a href="/team/roles/access-review" download>
                <Download aria-hidden="true" />
                Access review
              </a>
            </Button>
          )
        }
      >
        What each role can do. An access review lists who can do what, since when and when last used.
      </PageHeader>
      <div className="grid grid-cols-1 gap-10">
        <Section id="visibility" title="Whose requests developers see">
          <Visibility mayManage={mayManage} />
        </Section>
        <CustomRoles mayManage={mayManage} />
        <Section id="built-in" title="Built-in roles">
          <PermissionTable />
        </Section>
      </div>
    </>
  );
}
