"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { useScopes } from "../../../_client/use-scopes";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice, ShowMore } from "../../_components/query-states";
import type { ServiceAccount } from "../_lib/account";
import { AccountRow, type Task } from "./account-row";

// Loaded when first opened.
const CreateDialog = dynamic(() => import("./create-dialog").then((file) => file.CreateDialog), {
  ssr: false,
});
const RotateDialog = dynamic(() => import("./rotate-dialog").then((file) => file.RotateDialog), {
  ssr: false,
});
const DisableDialog = dynamic(() => import("./account-endings").then((file) => file.DisableDialog), {
  ssr: false,
});
const DeleteDialog = dynamic(() => import("./account-endings").then((file) => file.DeleteDialog), {
  ssr: false,
});

const PAGE_SIZE = 50;

export function ServiceAccountsView({ baseUrl }: { baseUrl: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages({
    queryKey: [...trpc.serviceAccounts.list.pathKey(), "pages"],
    fetchPage: (cursor) => client.serviceAccounts.list.query({ limit: PAGE_SIZE, ...cursor }),
  });
  const accounts = list.items;
  const mayManage = useScopes()?.has("keys:write") ?? false;
  const [creating, setCreating] = useState(false);
  const [task, setTask] = useState<{ kind: Task; account: ServiceAccount } | null>(null);
  const done = () => setTask(null);
  return (
    <>
      <PageHeader
        title="Service accounts"
        actions={
          mayManage && (
            <Button onClick={() => setCreating(true)}>
              <Plus aria-hidden="true" />
              Create service account
            </Button>
          )
        }
      >
        For programs that shouldn’t hold a lasting key: with a client ID and secret, each gets access tokens
        that work for 15 minutes (OAuth 2.0 client credentials).
      </PageHeader>
      {list.isPending && <ListSkeleton label="Loading your service accounts" />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your service accounts" />}
      {list.isSuccess && accounts.length === 0 && (
        <EmptyState
          title="No service accounts yet"
          action={
            mayManage && <Button onClick={() => setCreating(true)}>Create your first service account</Button>
          }
        >
          {mayManage
            ? "Each one appears here with what it may do and when it was last used."
            : "Owners, admins and developers create them. Your role can view them."}
        </EmptyState>
      )}
      {accounts.length > 0 && (
        <ul aria-label="Service accounts" className="divide-y rounded-lg border bg-surface">
          {accounts.map((account) => (
            <AccountRow
              key={account.id}
              account={account}
              mayManage={mayManage}
              onTask={(kind) => setTask({ kind, account })}
            />
          ))}
        </ul>
      )}
      <ShowMore list={list} />
      {creating && <CreateDialog baseUrl={baseUrl} onDone={() => setCreating(false)} />}
      {task?.kind === "rotate" && <RotateDialog account={task.account} baseUrl={baseUrl} onDone={done} />}
      {(task?.kind === "disable" || task?.kind === "enable") && (
        <DisableDialog account={task.account} disable={task.kind === "disable"} onDone={done} />
      )}
      {task?.kind === "delete" && <DeleteDialog account={task.account} onDone={done} />}
    </>
  );
}
