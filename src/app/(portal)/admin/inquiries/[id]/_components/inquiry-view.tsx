"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ExactTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../../../_client/failure-notice";
import { useTRPC } from "../../../../../_client/trpc";
import { PageHeader } from "../../../../_components/page-header";
import { RetryNotice } from "../../../../_components/query-states";
import { volumeLabels } from "../../_lib/labels";
import { InquiryOrganization } from "./inquiry-organization";

export function InquiryView({ id }: { id: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const query = useQuery(trpc.operators.inquiry.queryOptions({ id }));
  const handle = useMutation(
    trpc.operators.handleInquiry.mutationOptions({
      onSuccess: (inquiry) => {
        queryClient.setQueryData(trpc.operators.inquiry.queryKey({ id }), inquiry);
        void queryClient.invalidateQueries(trpc.operators.inquiries.pathFilter());
        toast("Marked as handled", { tone: "good" });
      },
    }),
  );
  const inquiry = query.data;
  if (query.isPending) return <InquirySkeleton />;
  if (!inquiry) {
    return <RetryNotice query={query} title="Couldn’t load the inquiry" />;
  }
  return (
    <>
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-3">
            <span className="break-words">{inquiry.company}</span>
            {inquiry.handled_at ? <Badge>handled</Badge> : <Badge tone="attention">open</Badge>}
          </span>
        }
        actions={
          <>
            <Button asChild variant="secondary">
              <a href={`mailto:${encodeURIComponent(inquiry.email)}`}>Email {inquiry.name}</a>
            </Button>
            {!inquiry.handled_at && (
              <Button pending={handle.isPending} onClick={() => handle.mutate({ id })}>
                Mark as handled
              </Button>
            )}
          </>
        }
      >
        <span className="wrap-anywhere">
          {inquiry.name}, {inquiry.email}
        </span>{" "}
        · <ExactTime iso={inquiry.created_at} />
      </PageHeader>
      <div className="grid grid-cols-1 gap-6">
        {handle.error && <FailureNotice error={handle.error} />}
        <Card className="p-5" aria-label="Inquiry">
          <p className="text-muted">Expected volume</p>
          <p className="mt-1">{volumeLabels[inquiry.expected_volume]}</p>
          <p className="mt-5 text-muted">Message</p>
          <p className="mt-1 max-w-prose whitespace-pre-wrap break-words">{inquiry.message}</p>
        </Card>
        <InquiryOrganization inquiry={inquiry} />
      </div>
    </>
  );
}

function InquirySkeleton() {
  return (
    <Loading label="Loading the inquiry" className="grid gap-6">
      <Skeleton className="h-8 w-64" />
      <Skeleton className="h-40 rounded-lg" />
    </Loading>
  );
}
