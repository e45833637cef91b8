"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { type Column, ListTable } from "@/components/data/list-table";
import { providerName } from "@/components/format/provider";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useTRPC } from "../../../../_client/trpc";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import type { Model } from "./switch-model-dialog";
import { SwitchModelDialog } from "./switch-model-dialog";

export function ModelsView() {
  const trpc = useTRPC();
  const [switching, setSwitching] = useState<Model>();
  const query = useQuery(trpc.operators.models.queryOptions());
  return (
    <>
      <PageHeader title="Models">
        A model that’s off is refused for everyone within five seconds, with an error that says so. Requests
        already accepted will finish.
      </PageHeader>
      {query.isPending && <ListSkeleton label="Loading the models" />}
      {query.isError && <RetryNotice query={query} title="Couldn’t load the models" />}
      {query.data && <ModelSwitches models={query.data.data} onSwitch={setSwitching} />}
      {switching && <SwitchModelDialog model={switching} onDone={() => setSwitching(undefined)} />}
    </>
  );
}

function ModelSwitches({ models, onSwitch }: { models: readonly Model[]; onSwitch: (model: Model) => void }) {
  const offIds = new Set(models.filter(({ on }) => !on).map(({ id }) => id));
  const columns: Column<Model>[] = [
    {
      name: "Model",
      cell: ({ id, answered_by }) => (
        <>
          <code className="text-[13px]">{id}</code>
          {answered_by && <span className="block text-[13px] text-muted">answered by {answered_by}</span>}
        </>
      ),
    },
    { name: "Provider", from: "md", cell: ({ provider }) => providerName(provider) },
    { name: "Status", cell: (model) => <StateBadge model={model} offIds={offIds} /> },
    {
      name: "Last changed",
      from: "sm",
      className: "max-w-80 text-muted",
      cell: ({ changed_at, by, reason }) =>
        changed_at && (
          <>
            <RelativeTime iso={changed_at} />
            {by && ` by ${by}`}
            <span className="block break-words text-[13px]">{reason}</span>
          </>
        ),
    },
    {
      name: "Actions",
      kind: "actions",
      cell: (model) => (
        <Button
          variant="secondary"
          size="sm"
          aria-label={`Turn ${model.on ? "off" : "on"} ${model.id}`}
          onClick={() => onSwitch(model)}
        >
          Turn {model.on ? "off" : "on"}
        </Button>
      ),
    },
  ];
  return (
    <ListTable
      caption="Models and whether they are on"
      columns={columns}
      rows={models}
      rowKey={({ id }) => id}
    />
  );
}

function StateBadge({ model: { on, answered_by }, offIds }: { model: Model; offIds: ReadonlySet<string> }) {
  if (!on) return <Badge tone="danger">off</Badge>;
  if (answered_by && offIds.has(answered_by)) return <Badge tone="attention">off with its successor</Badge>;
  return <Badge tone="good">on</Badge>;
}
