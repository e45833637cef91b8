"use client";

import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { PageHeader } from "../../../_components/page-header";
import { ArchiveBorder } from "../../_components/archive-border";
import { AuditEntryTable } from "../../_components/audit-entry-table";
import { ConsoleList } from "../../_components/console-list";

export function AuditView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages({
    queryKey: [...trpc.operators.audit.pathKey(), "pages"],
    fetchPage: (cursor) => client.operators.audit.query(cursor),
  });
  return (
    <>
      <PageHeader title="Audit log">
        What operators did, in every organization’s chain and in our own. Changed entries are detected.
      </PageHeader>
      <ConsoleList
        list={list}
        name="the audit log"
        empty={<EmptyState title="No entries yet">What an operator does appears here.</EmptyState>}
        end={<ArchiveBorder reachesBackTo={list.reachesBackTo} />}
      >
        {(items) => <AuditEntryTable entries={items} label="What operators did" />}
      </ConsoleList>
    </>
  );
}
