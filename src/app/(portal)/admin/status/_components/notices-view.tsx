"use client";

import { useState } from "react";
import { type Column, ListTable } from "@/components/data/list-table";
import { noticeStates } from "@/components/format/notice-labels";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { componentName, isComponent } from "@/shared/status-components";
import { useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { PageHeader } from "../../../_components/page-header";
import { ConsoleList } from "../../_components/console-list";
import type { StatusNotice } from "../_lib/status-notice";
import { PublishDialog } from "./publish-dialog";
import { UpdateDialog } from "./update-dialog";

type Open = { kind: StatusNotice["kind"] } | { update: StatusNotice };

export function NoticesView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [open, setOpen] = useState<Open>();
  const list = usePages({
    queryKey: [...trpc.operators.notices.pathKey(), "pages"],
    fetchPage: (cursor) => client.operators.notices.query(cursor),
  });
  const close = () => setOpen(undefined);
  return (
    <>
      <PageHeader
        title="Status page"
        actions={
          <>
            <Button variant="secondary" onClick={() => setOpen({ kind: "maintenance" })}>
              Announce maintenance
            </Button>
            <Button onClick={() => setOpen({ kind: "incident" })}>Publish incident</Button>
          </>
        }
      >
        What you publish is public within 10 seconds: on the status page, in its feed, and above every page of
        the portal while it lasts.
      </PageHeader>
      <ConsoleList
        list={list}
        name="the incidents"
        empty={
          <EmptyState title="No incidents yet">
            Incidents and maintenance you publish appear here, with their updates.
          </EmptyState>
        }
      >
        {(items) => (
          <ListTable
            caption="Incidents and maintenance, newest first"
            columns={columnsFor((update) => setOpen({ update }))}
            rows={items}
            rowKey={({ id }) => id}
          />
        )}
      </ConsoleList>
      {open && "kind" in open && <PublishDialog kind={open.kind} onDone={close} />}
      {open && "update" in open && <UpdateDialog notice={open.update} onDone={close} />}
    </>
  );
}

function columnsFor(update: (notice: StatusNotice) => void): Column<StatusNotice>[] {
  return [
    {
      name: "Title",
      className: "wrap-anywhere min-w-40 max-w-96",
      cell: ({ title, components, severity, kind }) => (
        <>
          <p className="font-medium">{title}</p>
          <p className="text-[13px] text-muted">
            {kind === "incident" ? severity : "Maintenance"} ·{" "}
            {components.map((id) => (isComponent(id) ? componentName(id) : id)).join(", ")}
          </p>
        </>
      ),
    },
    {
      name: "State",
      cell: ({ state }) => <Badge tone={noticeStates[state].tone}>{noticeStates[state].label}</Badge>,
    },
    {
      name: "Began",
      from: "sm",
      className: "text-muted",
      cell: ({ starts_at }) => <RelativeTime iso={starts_at} />,
    },
    {
      name: "Actions",
      kind: "actions",
      cell: (notice) => (
        <Button
          variant="secondary"
          size="sm"
          aria-label={`Post update to ${notice.title}`}
          onClick={() => update(notice)}
        >
          Post update
        </Button>
      ),
    },
  ];
}
