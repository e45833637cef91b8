"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { providerName } from "@/components/format/provider";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { useTRPC } from "../../../../_client/trpc";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { RowsSkeleton } from "../../_components/console-list";
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
      {query.isPending && <RowsSkeleton label="Loading the models" />}
      {query.isError && <RetryNotice query={query} title="Couldn’t load the models" />}
      {query.data && <ModelSwitches models={query.data.data} onSwitch={setSwitching} />}
      {switching && <SwitchModelDialog model={switching} onDone={() => setSwitching(undefined)} />}
    </>
  );
}

function ModelSwitches({ models, onSwitch }: { models: readonly Model[]; onSwitch: (model: Model) => void }) {
  const offIds = new Set(models.filter(({ on }) => !on).map(({ id }) => id));
  return (
    <Table>
      <caption className="sr-only">Models and whether they are on</caption>
      <TableHead>
        <tr>
          <TableHeader>Model</TableHeader>
          <TableHeader className="hidden md:table-cell">Provider</TableHeader>
          <TableHeader>Status</TableHeader>
          <TableHeader className="hidden sm:table-cell">Last changed</TableHeader>
          <TableHeader>
            <span className="sr-only">Actions</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {models.map((model) => (
          <TableRow key={model.id}>
            <TableCell>
              <code className="text-[13px]">{model.id}</code>
              {model.answered_by && (
                <span className="block text-[13px] text-muted">answered by {model.answered_by}</span>
              )}
            </TableCell>
            <TableCell className="hidden md:table-cell">{providerName(model.provider)}</TableCell>
            <TableCell>
              <StateBadge model={model} offIds={offIds} />
            </TableCell>
            <TableCell className="hidden max-w-80 text-muted sm:table-cell">
              {model.changed_at && (
                <>
                  <RelativeTime iso={model.changed_at} />
                  {model.by && ` by ${model.by}`}
                  <span className="block break-words text-[13px]">{model.reason}</span>
                </>
              )}
            </TableCell>
            <TableCell className="w-px text-right">
              <Button
                variant="secondary"
                size="sm"
                aria-label={`Turn ${model.on ? "off" : "on"} ${model.id}`}
                onClick={() => onSwitch(model)}
              >
                Turn {model.on ? "off" : "on"}
              </Button>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function StateBadge({ model: { on, answered_by }, offIds }: { model: Model; offIds: ReadonlySet<string> }) {
  if (!on) return <Badge tone="danger">off</Badge>;
  if (answered_by && offIds.has(answered_by)) return <Badge tone="attention">off with its successor</Badge>;
  return <Badge tone="good">on</Badge>;
}
