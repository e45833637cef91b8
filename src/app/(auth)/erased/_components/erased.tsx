"use client";

import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useSyncExternalStore } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatDay } from "@/shared/format/time";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../_client/trpc";
import { AuthHeading } from "../../_components/auth-heading";

type Erasure = Outputs["erasures"]["get"];

const WATCH_MS = 10_000;

export function Erased() {
  const trpc = useTRPC();
  const receipt = useReceipt();
  const erasure = useQuery(
    trpc.erasures.get.queryOptions(
      { receipt: receipt ?? "" },
      {
        enabled: Boolean(receipt),
        retry: false,
        refetchInterval: ({ state }) => (state.data?.status === "in_progress" ? WATCH_MS : false),
      },
    ),
  );
  if (receipt === "") {
    return (
      <AuthHeading title="This link is incomplete">
        Open the link in our email about the erasure again. It works only in full.
      </AuthHeading>
    );
  }
  if (erasure.isError) {
    return (
      <>
        <AuthHeading title="Couldn’t find the erasure">
          The link may be cut off, or may have been changed.
        </AuthHeading>
        <FailureNotice
          error={erasure.error}
          action={
            <Button variant="secondary" size="sm" onClick={() => void erasure.refetch()}>
              Try again
            </Button>
          }
        />
      </>
    );
  }
  if (erasure.data === undefined) {
    return (
      <Loading label="Loading the erasure" className="grid gap-4">
        <Skeleton className="h-7 w-48" />
        <Skeleton className="w-72" />
      </Loading>
    );
  }
  return <Shown erasure={erasure.data} />;
}

function Shown({ erasure }: { erasure: Erasure }) {
  const { subject, status, erased_at: erasedAt, due_by: dueBy, certificate } = erasure;
  const what = subject === "person" ? "The account" : "The organization";
  if (status === "on_hold") {
    return (
      <AuthHeading title="Erasure on hold">
        {what} can’t be used any more. A law obliges us to keep its data for now. It is erased as soon as that
        ends, and this page then says so.
      </AuthHeading>
    );
  }
  return (
    <>
      <AuthHeading title={certificate === null ? "Erasure in progress" : "Erased"}>
        {erasedAt === null ? (
          <>{what} can’t be used any more. Its key is about to be destroyed.</>
        ) : (
          <>
            {what}’s key was destroyed <RelativeTime iso={erasedAt} />. No one can read what it encrypted.
          </>
        )}
      </AuthHeading>
      {certificate === null ? (
        <p className="text-muted">
          What is left elsewhere is deleted by {formatDay(new Date(dueBy))} (UTC), as far as the law allows.
          Then this page has a signed certificate that says what stays.
        </p>
      ) : (
        <div className="grid gap-4">
          {certificate.payment_provider !== "none" && certificate.payment_provider_keeps !== undefined && (
            <p className="text-muted">{certificate.payment_provider_keeps}</p>
          )}
          <Button className="w-full" onClick={() => saveCertificate(certificate)}>
            <Download aria-hidden="true" />
            Download certificate
          </Button>
        </div>
      )}
    </>
  );
}

function saveCertificate(certificate: NonNullable<Erasure["certificate"]>) {
  const link = document.createElement("a");
  const text = `${JSON.stringify(certificate, null, 2)}\n`;
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "agathaai-erasure-certificate.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

const subscribe = (listener: () => void) => {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
};

/** Undefined until the page's address can be read. */
function useReceipt(): string | undefined {
  return useSyncExternalStore<string | undefined>(
    subscribe,
    () => window.location.hash.slice(1),
    () => undefined,
  );
}
