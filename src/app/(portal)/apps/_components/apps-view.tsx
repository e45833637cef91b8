"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { AppLogo } from "@/components/brand/app-logo";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { useTRPC } from "../../../_client/trpc";
import { useScopes } from "../../../_client/use-scopes";
import { ResendButton } from "../../../_components/resend-button";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice } from "../../_components/query-states";
import type { App } from "../_lib/app-draft";

// Loaded when first opened.
const AppDialog = dynamic(() => import("./app-dialog").then((file) => file.AppDialog), { ssr: false });
const RotateDialog = dynamic(() => import("./app-endings").then((file) => file.RotateDialog), { ssr: false });
const DeleteDialog = dynamic(() => import("./app-endings").then((file) => file.DeleteDialog), { ssr: false });

type Task = { kind: "register" } | { kind: "edit" | "rotate" | "delete"; app: App };

export function AppsView() {
  const trpc = useTRPC();
  const list = useQuery(trpc.apps.list.queryOptions({ limit: 50 }));
  const mayManage = useScopes()?.has("keys:write") ?? false;
  const me = useQuery(trpc.account.me.queryOptions());
  const unverified = me.data?.user.email_verified === false;
  const [task, setTask] = useState<Task | null>(null);
  const apps = list.data?.data ?? [];
  const done = () => setTask(null);
  return (
    <>
      <PageHeader
        title="Apps"
        actions={
          mayManage && (
            <Button disabled={unverified} onClick={() => setTask({ kind: "register" })}>
              <Plus aria-hidden="true" />
              Register app
            </Button>
          )
        }
      >
        Let people sign in to your app with AgathaAI and let it call the API for them, within the permissions
        they grant (OAuth 2.0 and OpenID Connect).
      </PageHeader>
      {mayManage && unverified && (
        <Notice
          tone="attention"
          title="Verify your email first"
          className="mb-6"
          action={<ResendButton size="sm" />}
        >
          People trust what an app is called and who made it. Until your email is verified, you can’t register
          or change apps.
        </Notice>
      )}
      {list.isPending && <ListSkeleton label="Loading your apps" />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your apps" />}
      {list.isSuccess && apps.length === 0 && (
        <EmptyState
          title="No apps yet"
          action={
            mayManage && (
              <Button disabled={unverified} onClick={() => setTask({ kind: "register" })}>
                Register your first app
              </Button>
            )
          }
        >
          {mayManage
            ? "Register your app and the URL people return to."
            : "Owners, admins and developers can register apps. Your role can view them."}
        </EmptyState>
      )}
      {apps.length > 0 && (
        <ul aria-label="Apps of your organization" className="divide-y rounded-lg border bg-surface">
          {apps.map((app) => (
            <AppRow key={app.id} app={app} mayManage={mayManage} unverified={unverified} onTask={setTask} />
          ))}
        </ul>
      )}
      {task?.kind === "register" && <AppDialog onDone={done} />}
      {task?.kind === "edit" && <AppDialog app={task.app} onDone={done} />}
      {task?.kind === "rotate" && <RotateDialog app={task.app} onDone={done} />}
      {task?.kind === "delete" && <DeleteDialog app={task.app} onDone={done} />}
    </>
  );
}

const peopleText = (count: number) => {
  if (count === 0) return "no one connected";
  return count === 1 ? "1 person connected" : `${count} people connected`;
};

interface RowProps {
  app: App;
  mayManage: boolean;
  /** May delete, and nothing else. */
  unverified: boolean;
  onTask: (task: Task) => void;
}

function AppRow({ app, mayManage, unverified, onTask }: RowProps) {
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <AppLogo app={app} />
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="break-words font-medium">{app.name}</span>
          <Badge tone="outline">{app.confidential ? "confidential" : "public"}</Badge>
          {app.device_flow && <Badge tone="outline">device</Badge>}
          {app.previous_secret_until !== null && <Badge tone="attention">two secrets</Badge>}
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-1 text-[13px]">
          <code className="break-all">{app.id}</code>
          <CopyButton text={app.id} label={`Copy the client ID of ${app.name}`} />
        </p>
        <p className="mt-0.5 break-words text-[13px] text-muted">
          {app.redirect_uris.length === 0 ? "on devices only" : app.redirect_uris.join(", ")} ·{" "}
          {peopleText(app.people)} · registered <RelativeTime iso={app.created_at} />
          {app.previous_secret_until !== null && (
            <>
              {" "}
              · previous secret expires <RelativeTime iso={app.previous_secret_until} />
            </>
          )}
        </p>
      </div>
      {mayManage && (
        <div className="flex flex-wrap gap-2">
          <Button
            variant="secondary"
            size="sm"
            disabled={unverified}
            aria-label={`Edit ${app.name}`}
            onClick={() => onTask({ kind: "edit", app })}
          >
            Edit
          </Button>
          {app.confidential && (
            <Button
              variant="secondary"
              size="sm"
              disabled={unverified}
              aria-label={`Rotate the secret of ${app.name}`}
              onClick={() => onTask({ kind: "rotate", app })}
            >
              Rotate secret
            </Button>
          )}
          <Button
            variant="secondary"
            size="sm"
            aria-label={`Delete ${app.name}`}
            onClick={() => onTask({ kind: "delete", app })}
          >
            Delete
          </Button>
        </div>
      )}
    </li>
  );
}
