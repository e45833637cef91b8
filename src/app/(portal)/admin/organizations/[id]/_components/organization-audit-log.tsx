"use client";

import { useTRPC, useTRPCClient } from "../../../../../_client/trpc";
import { usePages } from "../../../../../_client/use-pages";
import { AuditEntryTable } from "../../../_components/audit-entry-table";
import { ConsoleList } from "../../../_components/console-list";

/** The organization's audit log, without plain API calls. */
export function OrganizationAuditLog({ organizationId: id }: { organizationId: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages({
    queryKey: [...trpc.operators.organizationAudit.pathKey(), "pages", id],
    fetchPage: (cursor) => client.operators.organizationAudit.query({ id, ...cursor }),
  });
  return (
    <section aria-labelledby="audit-log">
      <h2 id="audit-log" className="mb-3 font-semibold text-base">
        Audit log
      </h2>
      <ConsoleList list={list} name="the audit log" empty={<p className="text-muted">No entries yet.</p>}>
        {(items) => <AuditEntryTable entries={items} label="The organization’s audit log" />}
      </ConsoleList>
    </section>
  );
}
