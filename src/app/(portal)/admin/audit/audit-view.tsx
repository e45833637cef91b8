"use client";

import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC, useTRPCClient } from "../../../client/trpc";
import { usePages } from "../../../client/use-pages";
import { PageHeader } from "../../page-header";
import { ConsoleList } from "../console-list";
import { EntryTable } from "../entry-table";

export function AuditView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages({
    queryKey: [...trpc.operators.audit.pathKey(), "pages"],
    fetchPage: (cursor) => client.operators.audit.query(cursor),
  });
  return (
    <>
      <PageHeader title="Audit">
        What operators did, in every organization’s chain and in our own. Entries cannot be changed.
      </PageHeader>
      <ConsoleList
        list={list}
        name="the audit trail"
        failure="The audit trail could not be loaded"
        empty={<EmptyState title="Nothing done yet">What an operator does appears here.</EmptyState>}
      >
        {(items) => <EntryTable entries={items} label="What operators did" />}
      </ConsoleList>
    </>
  );
}
