"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { type ConsentKind, legalDocuments, versionInForce } from "@/shared/legal/documents";
import { readFailure } from "../../../../_client/failure";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { SettingsSection } from "../../_components/settings-section";

type Consents = Outputs["consents"]["list"];
type Consent = Consents["data"][number];

const titleOf = (kind: ConsentKind): string =>
  kind === "marketing" ? "Marketing emails" : legalDocuments[kind].title;

const how: Record<Consent["method"], string> = {
  sign_up: "when signing up",
  asked: "when asked",
  settings: "in Settings",
};

export function ConsentsSection() {
  const trpc = useTRPC();
  const consents = useQuery(trpc.consents.list.queryOptions());
  return (
    <SettingsSection
      id="consents"
      title="What you agreed to"
      description="Each document and its version, with when, how and from where you agreed."
    >
      {consents.isPending && (
        <Loading label="Loading what you agreed to" className="grid gap-3">
          <Skeleton className="h-5 w-64 max-w-full" />
          <Skeleton className="h-9 w-48 rounded-lg" />
          <Skeleton className="mt-3 h-32 rounded-lg" />
        </Loading>
      )}
      {consents.isError && <RetryNotice query={consents} title="Couldn’t load what you agreed to" />}
      {consents.data && (
        <div className="grid grid-cols-1 gap-6">
          <Marketing agreed={consents.data.marketing} />
          <History rows={consents.data.data} />
        </div>
      )}
    </SettingsSection>
  );
}

function Marketing({ agreed }: { agreed: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const change = useMutation(
    trpc.consents.change.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(trpc.consents.list.queryKey(), saved);
        toast(saved.marketing ? "Agreed to marketing emails" : "Marketing consent withdrawn", {
          tone: "good",
        });
      },
      onError: (error) =>
        toast("Couldn’t change your consent", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  const document = { document: "marketing", version: versionInForce("marketing", new Date()) } as const;
  return (
    <div className="grid gap-3">
      <p className="text-muted">
        {agreed
          ? "You agreed to marketing emails."
          : "You haven’t agreed to marketing emails, so you get none."}
      </p>
      <Button
        variant="secondary"
        className="w-fit"
        pending={change.isPending}
        onClick={() => change.mutate({ documents: [document], given: !agreed })}
      >
        {agreed ? "Withdraw consent" : "Agree to marketing emails"}
      </Button>
    </div>
  );
}

function History({ rows }: { rows: readonly Consent[] }) {
  if (rows.length === 0) return <p className="text-muted">No agreements yet.</p>;
  return (
    <ul className="grid divide-y rounded-lg border">
      {rows.map(({ id, document, version, given, method, ip_address, created_at }) => (
        <li key={id} className="grid gap-0.5 px-4 py-3">
          <span className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="font-medium">
              {titleOf(document)}
              {!given && " (withdrawn)"}
            </span>
            <span className="text-[13px] text-muted">Version {version}</span>
          </span>
          <span className="break-words text-[13px] text-muted">
            {given ? "Agreed" : "Withdrawn"} <RelativeTime iso={created_at} /> {how[method]}
            {ip_address && `, from ${ip_address}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
