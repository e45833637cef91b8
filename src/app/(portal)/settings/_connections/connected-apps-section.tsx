"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { AppLogo } from "@/components/brand/app-logo";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { RelativeTime } from "@/components/format/relative-time";
import { inScopeOrder, scopeLabel } from "@/components/format/scope-labels";
import { Button } from "@/components/ui/button";
import { useTRPC } from "../../../_client/trpc";
import { RetryNotice } from "../../_components/query-states";
import { SettingsSection } from "../_components/settings-section";
import type { Connection } from "./disconnect-dialog";

const DisconnectDialog = dynamic(() => import("./disconnect-dialog"));

export function ConnectedAppsSection() {
  const trpc = useTRPC();
  const list = useQuery(trpc.connections.list.queryOptions({}));
  const [ending, setEnding] = useState<Connection | null>(null);
  return (
    <SettingsSection
      id="connected-apps"
      title="Connected apps"
      description="Apps from other companies that can act for you, each in one organization and within your role there."
    >
      {list.isPending && <ListSkeleton label="Loading your connected apps" rows={1} />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your connected apps" />}
      {list.data?.data.length === 0 && <p className="text-muted">No connected apps yet.</p>}
      {list.data && list.data.data.length > 0 && (
        <ul aria-label="Connected apps" className="divide-y rounded-lg border bg-surface">
          {list.data.data.map((connection) => (
            <ConnectionRow
              key={`${connection.app.id} ${connection.organization.id}`}
              connection={connection}
              onEnd={() => setEnding(connection)}
            />
          ))}
        </ul>
      )}
      {ending !== null && <DisconnectDialog connection={ending} onDone={() => setEnding(null)} />}
    </SettingsSection>
  );
}

function ConnectionRow({ connection, onEnd }: { connection: Connection; onEnd: () => void }) {
  const { app, organization } = connection;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <AppLogo app={app} />
      <div className="min-w-0 flex-1 basis-48">
        <p className="break-words font-medium">
          {app.name} <span className="font-normal text-muted">in {organization.name}</span>
        </p>
        <p className="mt-0.5 break-words text-[13px] text-muted">
          It can {inScopeOrder(connection.scopes).map(scopeLabel).join("; ")}.
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          connected <RelativeTime iso={connection.created_at} />
          {connection.last_used_at !== null && (
            <>
              {" "}
              · last used <RelativeTime iso={connection.last_used_at} />
            </>
          )}{" "}
          · expires <RelativeTime iso={connection.expires_at} />
        </p>
      </div>
      <Button
        variant="secondary"
        size="sm"
        onClick={onEnd}
        aria-label={`Disconnect ${app.name} from ${organization.name}`}
      >
        Disconnect
      </Button>
    </li>
  );
}
