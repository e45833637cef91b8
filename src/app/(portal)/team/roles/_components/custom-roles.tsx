"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { planNamesWith, plans } from "@/shared/plans";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { Section } from "../../../_components/section";
import { roleLabel } from "../../_lib/roles";
import type { CustomRole } from "../_lib/custom-role";

const RoleDialog = dynamic(() => import("./role-dialog"), { ssr: false });
const DeleteRoleDialog = dynamic(() => import("./delete-role-dialog"), { ssr: false });

type Task = { kind: "create" } | { kind: "edit" | "delete"; role: CustomRole };

export function CustomRoles({ mayManage }: { mayManage: boolean }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.roles.list.queryOptions({ limit: 50 }));
  const me = useQuery(trpc.account.me.queryOptions());
  const [task, setTask] = useState<Task | null>(null);
  const done = () => setTask(null);
  const inPlan = me.data !== undefined && plans[me.data.organization.plan].features.customRoles;
  const rows = list.data?.data ?? [];
  return (
    <Section id="custom" title="Custom roles">
      {list.isPending && inPlan && <ListSkeleton label="Loading your roles" rows={1} />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your roles" />}
      {(list.isSuccess || (list.isPending && !inPlan)) && rows.length === 0 && (
        <EmptyState
          title="No custom roles yet"
          action={
            mayManage &&
            (inPlan ? (
              <Button onClick={() => setTask({ kind: "create" })}>Create role</Button>
            ) : (
              <Button asChild variant="secondary">
                <Link href="/enterprise">See Enterprise</Link>
              </Button>
            ))
          }
        >
          {inPlan
            ? "Create roles from the permissions below, and assign them on the team page."
            : `Custom roles are part of the ${planNamesWith("customRoles").join(" and ")} plan.`}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <div className="grid gap-3">
          <ul aria-label="Roles of your organization" className="divide-y rounded-lg border bg-surface">
            {rows.map((role) => (
              <li key={role.id} className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
                <div className="min-w-0 flex-1 basis-56">
                  <p className="flex flex-wrap items-center gap-2">
                    <span className="break-words font-medium">{role.name}</span>
                    <Badge tone="outline">base {roleLabel(role.base)}</Badge>
                  </p>
                  <p className="mt-0.5 break-words text-[13px] text-muted">{role.permissions.join(", ")}</p>
                  <p className="mt-0.5 text-[13px] text-muted">
                    {role.members === 1 ? "1 member" : `${role.members} members`}
                  </p>
                </div>
                {mayManage && (
                  <div className="flex flex-wrap gap-2">
                    <Button
                      variant="secondary"
                      size="sm"
                      aria-label={`Edit ${role.name}`}
                      onClick={() => setTask({ kind: "edit", role })}
                    >
                      Edit
                    </Button>
                    <Button
                      variant="secondary"
                      size="sm"
                      aria-label={`Delete ${role.name}`}
                      onClick={() => setTask({ kind: "delete", role })}
                    >
                      Delete
                    </Button>
                  </div>
                )}
              </li>
            ))}
          </ul>
          {mayManage && inPlan && (
            <Button variant="secondary" className="w-fit" onClick={() => setTask({ kind: "create" })}>
              <Plus aria-hidden="true" />
              Create role
            </Button>
          )}
          {!inPlan && (
            <p className="text-[13px] text-muted">
              Your plan has no custom roles: members have what both the role and its base allow.
            </p>
          )}
        </div>
      )}
      {task?.kind === "create" && <RoleDialog onDone={done} />}
      {task?.kind === "edit" && <RoleDialog role={task.role} onDone={done} />}
      {task?.kind === "delete" && <DeleteRoleDialog role={task.role} others={rows} onDone={done} />}
    </Section>
  );
}
