"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { type Column, ListTable } from "@/components/data/list-table";
import { ExactTime, RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { useTRPC, useTRPCClient } from "../../../../../_client/trpc";
import { usePages } from "../../../../../_client/use-pages";
import { PageHeader } from "../../../../_components/page-header";
import { RetryNotice } from "../../../../_components/query-states";
import { Section } from "../../../../_components/section";
import { AuditEntryTable } from "../../../_components/audit-entry-table";
import { ConsoleList } from "../../../_components/console-list";
import type { Organization } from "../_lib/organization";
import { EndOverrideDialog } from "./end-override-dialog";
import { Figures } from "./figures";
import { PlanCard } from "./plan-card";

// Loaded when first opened: most visits only look.
const OverrideDialog = dynamic(() => import("./override-dialog").then((file) => file.OverrideDialog), {
  ssr: false,
});

export function OrganizationView({ id, inquiryId }: { id: string; inquiryId: string | undefined }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<"override" | "end" | undefined>(inquiryId ? "override" : undefined);
  // Each load is recorded in the audit log, so focus must not reload.
  const query = useQuery(
    trpc.operators.organization.queryOptions(
      { id },
      { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, meta: { recorded: true } },
    ),
  );
  const inquiry = useQuery(
    trpc.operators.inquiry.queryOptions({ id: inquiryId ?? "" }, { enabled: inquiryId !== undefined }),
  );
  const show = (organization: Organization) => {
    queryClient.setQueryData(trpc.operators.organization.queryKey({ id }), organization);
    setOpen(undefined);
  };
  const organization = query.data;

  if (query.isPending) return <OrganizationSkeleton />;
  if (!organization) {
    return <RetryNotice query={query} title="Couldn’t load the organization" />;
  }
  return (
    <>
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-3">
            <span className="break-words">{organization.name}</span>
            {organization.personal && <Badge tone="outline">personal</Badge>}
            {organization.suspension && <Badge tone="danger">suspended</Badge>}
            {organization.hipaa && <Badge tone="accent">HIPAA mode</Badge>}
          </span>
        }
        actions={
          <>
            {organization.suspension === null && (
              <Button asChild variant="danger-quiet">
                <Link href={`/admin/suspensions?suspend=${organization.id}`}>Suspend</Link>
              </Button>
            )}
            {organization.override && (
              <Button variant="secondary" onClick={() => setOpen("end")}>
                End override
              </Button>
            )}
            <Button onClick={() => setOpen("override")}>
              {organization.override ? "Replace override" : "Override plan"}
            </Button>
          </>
        }
      >
        <code className="text-[13px]">{organization.id}</code> · created{" "}
        <ExactTime iso={organization.created_at} />
      </PageHeader>
      <div className="grid grid-cols-1 gap-8">
        {organization.suspension && (
          <Notice tone="danger">
            Suspended since <ExactTime iso={organization.suspension.since} />:{" "}
            {organization.suspension.reason}{" "}
            <Link href="/admin/suspensions" className="underline underline-offset-4">
              View suspensions
            </Link>
          </Notice>
        )}
        {organization.hipaa && (
          <Notice tone="info">
            In HIPAA mode since <ExactTime iso={organization.hipaa.since} />, under version{" "}
            {organization.hipaa.agreement_version} of the agreement.{" "}
            {organization.hipaa.kept_before === "erased"
              ? "What was kept before is erased."
              : "What was kept before is being erased."}
          </Notice>
        )}
        <PlanCard organization={organization} />
        <Figures organization={organization} />
        {organization.past_overrides.length > 0 && (
          <OverrideHistory overrides={organization.past_overrides} />
        )}
        <OrganizationAuditLog organizationId={organization.id} />
        <p className="text-[13px] text-muted">
          This page shows no prompts or results. Opening it was recorded in the organization’s audit log.{" "}
          <Link href="/admin" className="text-accent underline underline-offset-4">
            All organizations
          </Link>
        </p>
      </div>
      {open === "override" && !(inquiryId && inquiry.isPending) && (
        <OverrideDialog
          organization={organization}
          inquiry={inquiry.data}
          onDone={() => setOpen(undefined)}
          onSaved={show}
        />
      )}
      {open === "end" && organization.override && (
        <EndOverrideDialog
          organizationId={organization.id}
          override={organization.override}
          onDone={() => setOpen(undefined)}
          onEnded={show}
        />
      )}
    </>
  );
}

function OrganizationSkeleton() {
  return (
    <Loading label="Loading the organization" className="grid gap-8">
      <Skeleton className="h-8 w-64" />
      <Skeleton className="h-48 rounded-lg" />
      <Skeleton className="h-28 rounded-lg" />
    </Loading>
  );
}

function OverrideHistory({ overrides }: { overrides: Organization["past_overrides"] }) {
  return (
    <Section id="past-overrides" title="Earlier overrides">
      <ListTable
        caption="Overrides that have ended, newest first"
        columns={overrideColumns}
        rows={overrides}
        rowKey={({ id }) => id}
      />
    </Section>
  );
}

const overrideColumns: Column<Organization["past_overrides"][number]>[] = [
  { name: "Plan", className: "capitalize", cell: ({ plan }) => plan },
  { name: "Reason", className: "min-w-40", cell: ({ reason }) => reason },
  {
    name: "Created",
    from: "sm",
    cell: ({ created_at, by }) => (
      <>
        <RelativeTime iso={created_at} />
        {by && ` by ${by}`}
      </>
    ),
  },
  { name: "Ended", cell: ({ ended_at }) => ended_at && <RelativeTime iso={ended_at} /> },
];

/** The organization's audit log, without plain API calls. */
function OrganizationAuditLog({ organizationId: id }: { organizationId: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages({
    queryKey: [...trpc.operators.organizationAudit.pathKey(), "pages", id],
    fetchPage: (cursor) => client.operators.organizationAudit.query({ id, ...cursor }),
  });
  return (
    <Section id="audit-log" title="Audit log">
      <ConsoleList list={list} name="the audit log" empty={<p className="text-muted">No entries yet.</p>}>
        {(items) => <AuditEntryTable entries={items} label="The organization’s audit log" />}
      </ConsoleList>
    </Section>
  );
}
