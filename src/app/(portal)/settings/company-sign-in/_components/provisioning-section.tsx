"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatCount } from "@/shared/format/count";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { SettingsSection } from "../../_components/settings-section";
import type { DirectoryToken } from "../_lib/company-types";
import { Fact, FactSkeleton } from "./fact";

// Loaded when first needed.
const CreateTokenDialog = dynamic(
  () => import("./provisioning-dialogs").then((file) => file.CreateTokenDialog),
  { ssr: false },
);
const RevokeTokenDialog = dynamic(
  () => import("./provisioning-dialogs").then((file) => file.RevokeTokenDialog),
  { ssr: false },
);
const GroupRoles = dynamic(() => import("./group-roles").then((file) => file.GroupRoles), { ssr: false });

const MAX_TOKENS = 2;

type Task = { kind: "create" } | { kind: "revoke"; token: DirectoryToken };

export function ProvisioningSection() {
  const trpc = useTRPC();
  const query = useQuery(trpc.directory.get.queryOptions());
  const [task, setTask] = useState<Task | null>(null);
  const { data } = query;
  const done = () => setTask(null);
  return (
    <SettingsSection
      id="provisioning"
      title="Provisioning"
      description="Your identity provider adds people, gives them roles by their groups, and ends their access when they leave (SCIM 2.0)."
    >
      {query.isPending && (
        <Loading label="Loading provisioning" className="grid grid-cols-1 gap-5">
          <FactSkeleton />
          <Skeleton className="h-9 w-40" />
        </Loading>
      )}
      {query.isError && <RetryNotice query={query} title="Couldn’t load provisioning" />}
      {data && (
        <div className="grid grid-cols-1 gap-5">
          <dl className="grid grid-cols-1 gap-4">
            <Fact
              name="SCIM address, to enter at your provider"
              value={data.scim_url}
              copy="Copy SCIM address"
            />
            {data.users + data.groups > 0 && (
              <div>
                <dt className="text-[13px] text-muted">From your directory</dt>
                <dd>
                  {counted(data.users, "person", "people")}, {counted(data.groups, "group", "groups")}
                </dd>
              </div>
            )}
          </dl>
          {data.tokens.length > 0 && (
            <ul aria-label="SCIM tokens" className="divide-y rounded-lg border bg-surface">
              {data.tokens.map((token) => (
                <TokenRow key={token.id} token={token} onRevoke={() => setTask({ kind: "revoke", token })} />
              ))}
            </ul>
          )}
          <div className="grid grid-cols-1 justify-items-start gap-2">
            {data.tokens.length > 0 && (
              <p className="text-[13px] text-muted">
                {data.tokens.length < MAX_TOKENS
                  ? "To rotate it, create a second token, enter it at your provider, then revoke this one."
                  : "Two tokens is the most. Revoke one to create another."}
              </p>
            )}
            <Button
              variant={data.tokens.length === 0 ? "primary" : "secondary"}
              disabled={!data.available || data.tokens.length >= MAX_TOKENS}
              onClick={() => setTask({ kind: "create" })}
            >
              Create SCIM token
            </Button>
          </div>
          {data.groups > 0 && <GroupRoles available={data.available} />}
          {task?.kind === "create" && <CreateTokenDialog onDone={done} />}
          {task?.kind === "revoke" && <RevokeTokenDialog token={task.token} onDone={done} />}
        </div>
      )}
    </SettingsSection>
  );
}

const counted = (count: number, one: string, many: string) =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

function TokenRow({ token, onRevoke }: { token: DirectoryToken; onRevoke: () => void }) {
  const shown = `${token.prefix}…${token.last_four}`;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 p-4">
      <div className="min-w-0 flex-1 basis-56">
        <code className="break-all text-[13px]">{shown}</code>
        <p className="mt-0.5 text-[13px] text-muted">
          Created <RelativeTime iso={token.created_at} /> ·{" "}
          {token.last_used_at === null ? (
            "never used"
          ) : (
            <>
              last used <RelativeTime iso={token.last_used_at} />
            </>
          )}
        </p>
      </div>
      <Button variant="secondary" size="sm" aria-label={`Revoke ${shown}`} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}
