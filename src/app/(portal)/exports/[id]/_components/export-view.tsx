"use client";

import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import Link from "next/link";
import { useSyncExternalStore } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { buttonVariants } from "@/components/ui/button-variants";
import { Notice } from "@/components/ui/notice";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatBytes } from "@/shared/format/count";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { isNotFound, NotFound } from "../../../_components/not-found";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";

type Export = Outputs["exports"]["listMine"]["data"][number];

export function ExportView({ id }: { id: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.exports.get.queryOptions({ id }, { retry: false }));
  if (isNotFound(found)) {
    return (
      <NotFound
        parents={[{ href: "/settings", label: "Settings" }]}
        page="Export"
        title="Export not found"
        list={{ href: "/settings#your-data", label: "View your data" }}
      >
        Only the person who requested an export can open it. It may also have been deleted.
      </NotFound>
    );
  }
  return (
    <>
      <PageHeader title="Export">A file of everything we hold about you or your organization.</PageHeader>
      {found.isPending && (
        <Loading label="Loading the export" className="grid max-w-md gap-3">
          <Skeleton className="w-64" />
          <Skeleton className="h-9 w-40" />
        </Loading>
      )}
      {found.isError && <RetryNotice query={found} title="Couldn’t open the export" />}
      {found.data && <OneExport one={found.data} />}
    </>
  );
}

function OneExport({ one }: { one: Export }) {
  const token = useToken();
  if (one.status === "waiting" || one.status === "running") {
    return <Notice title="This export isn’t ready yet">We’ll email you the link when it is.</Notice>;
  }
  if (one.status !== "ready" || one.expires_at === null) {
    return (
      <Notice
        tone="attention"
        title={one.status === "failed" ? "This export failed" : "This export has expired"}
        action={
          <Link href="/settings#your-data" className={buttonVariants({ variant: "secondary", size: "sm" })}>
            Open settings
          </Link>
        }
      >
        Request another in settings.
      </Notice>
    );
  }
  if (token === "") {
    return (
      <Notice tone="attention" title="This link is incomplete">
        Open the link in our email again. It works only in full, and only for the person who requested it.
      </Notice>
    );
  }
  const search = new URLSearchParams({ id: one.id, token });
  return (
    <div className="grid max-w-prose justify-items-start gap-4">
      <p>
        {one.subject === "person"
          ? "Everything we hold about you"
          : "Everything we hold about your organization"}
        , as JSON and CSV in a ZIP file of {formatBytes(one.bytes ?? 0)}. It was created{" "}
        <RelativeTime iso={one.finished_at ?? one.created_at} /> and is deleted{" "}
        <RelativeTime iso={one.expires_at} />.
      </p>
      {/* The browser saves it as it arrives, however large it is. */}
      <a href={`/exports/file?${search}`} download className={buttonVariants({})}>
        <Download aria-hidden="true" />
        Download export
      </a>
    </div>
  );
}

const subscribe = (listener: () => void) => {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
};

function useToken(): string {
  return useSyncExternalStore(
    subscribe,
    () => window.location.hash.slice(1),
    () => "",
  );
}
