"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "../../../../_client/trpc";
import { useScopes } from "../../../../_client/use-scopes";
import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { isNotFound, NotFound } from "../../../_components/not-found";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { useKeyDialogs } from "../../_components/dialogs/use-key-dialogs";
import { KeyBadges } from "../../_components/key-badges";
import { isRevocable, type Key, type SampleCall } from "../../_lib/key";
import { KeyFacts } from "./key-facts";
import { KeyLimits } from "./key-limits";
import { KeyMonth } from "./key-month";

const parents = [{ href: "/keys", label: "API keys" }];
const parentsOfAccount = [{ href: "/service-accounts", label: "Service accounts" }];

export function KeyView({ id, sample }: { id: string; sample: SampleCall }) {
  const trpc = useTRPC();
  const key = useQuery(trpc.keys.get.queryOptions({ id }));
  if (key.data) return <LoadedKey key={key.data.id} apiKey={key.data} sample={sample} />;
  if (isNotFound(key)) {
    const list = { href: "/keys", label: "View all keys" };
    return <NotFound parents={parents} page="API key" title="Key not found" list={list} />;
  }
  if (key.isError) {
    return (
      <>
        <PageHeader title="API key" />
        <RetryNotice query={key} title="Couldn’t load the key" />
      </>
    );
  }
  return <KeySkeleton />;
}

function LoadedKey({ apiKey, sample }: { apiKey: Key; sample: SampleCall }) {
  const mayManage = useScopes()?.has("keys:write") ?? false;
  const { ask, dialogs } = useKeyDialogs(apiKey, sample);
  // A service account's key has no secret: what ends or replaces that is on the accounts' page.
  const ofAccount = apiKey.service_account_id !== null;
  return (
    <>
      <Breadcrumbs parents={ofAccount ? parentsOfAccount : parents} here={apiKey.name} />
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="min-w-0 break-words">{apiKey.name}</span>
            <KeyBadges apiKey={apiKey} />
          </span>
        }
        actions={
          mayManage &&
          isRevocable(apiKey) && (
            <>
              {apiKey.status === "active" && (
                <>
                  <Button variant="secondary" size="sm" onClick={() => ask("edit")}>
                    {ofAccount ? "Change limits" : "Change key"}
                  </Button>
                  {!ofAccount && (
                    <Button variant="secondary" size="sm" onClick={() => ask("rotate")}>
                      Rotate key
                    </Button>
                  )}
                </>
              )}
              {!ofAccount && (
                <Button variant="danger-quiet" size="sm" onClick={() => ask("revoke")}>
                  Revoke key
                </Button>
              )}
            </>
          )
        }
      >
        <span className="flex items-center gap-1">
          <code className="min-w-0 truncate text-[13px]">
            {apiKey.prefix}…{apiKey.last_four}
          </code>
          <CopyButton text={apiKey.id} label="Copy key ID" />
        </span>
      </PageHeader>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <KeyMonth apiKey={apiKey} />
          <KeyLimits apiKey={apiKey} />
        </div>
        <KeyFacts apiKey={apiKey} />
      </div>
      {dialogs}
    </>
  );
}

function KeySkeleton() {
  return (
    <Loading label="Loading the key" className="grid gap-6">
      <Breadcrumbs parents={parents} here="…" />
      <h1 className="sr-only">API key</h1>
      <Skeleton className="h-7 w-56" />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Skeleton className="h-64 rounded-lg" />
        <Skeleton className="h-64 rounded-lg" />
      </div>
    </Loading>
  );
}
