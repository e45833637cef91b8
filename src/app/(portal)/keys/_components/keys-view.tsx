"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Dialog, DialogTrigger } from "@/components/ui/overlays/dialog";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { useScopes } from "../../../_client/use-scopes";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice, ShowMore } from "../../_components/query-states";
import type { SampleCall } from "../_lib/key";
import { KeyTable } from "./key-table";

// Loaded when first opened.
const CreateKeyDialog = dynamic(
  () => import("./dialogs/create-key-dialog").then((file) => file.CreateKeyDialog),
  {
    ssr: false,
  },
);

const PAGE_SIZE = 50;

export function KeysView({ sample }: { sample: SampleCall }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const router = useRouter();
  // The command palette links here to create a key.
  const asked = useSearchParams().has("create");
  const [creating, setCreating] = useState(false);
  const setOpen = (open: boolean) => {
    setCreating(open);
    if (!open && asked) router.replace("/keys");
  };
  const list = usePages({
    queryKey: [...trpc.keys.list.pathKey(), "pages"],
    fetchPage: (cursor) => client.keys.list.query({ limit: PAGE_SIZE, ...cursor }),
  });
  const keys = list.items;
  const mayManage = useScopes()?.has("keys:write") ?? false;
  const open = mayManage && (creating || asked);

  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <PageHeader
        title="API keys"
        actions={
          mayManage && (
            <DialogTrigger asChild>
              <Button>
                <Plus aria-hidden="true" />
                Create key
              </Button>
            </DialogTrigger>
          )
        }
      >
        A key lets a program call the models for your organization. You see its secret once, when you create
        it.
      </PageHeader>
      {list.isPending && <ListSkeleton label="Loading your keys" />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your keys" />}
      {list.isSuccess && keys.length === 0 && (
        <EmptyState
          title="No keys yet"
          action={mayManage && <Button onClick={() => setCreating(true)}>Create your first key</Button>}
        >
          {mayManage
            ? "Start with a test key: answers are simulated and free."
            : "Owners, admins and developers create them. Your role can view them."}
        </EmptyState>
      )}
      {keys.length > 0 && <KeyTable keys={keys} sample={sample} mayManage={mayManage} />}
      <ShowMore list={list} />
      {open && <CreateKeyDialog sample={sample} onDone={() => setOpen(false)} />}
    </Dialog>
  );
}
