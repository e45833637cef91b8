"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { formatBytes } from "@/shared/format/count";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { MeGate, SettingsSection } from "../settings-section";

type Export = Outputs["exports"]["listMine"]["data"][number];

/** While one is being made, its status is asked for again. */
const WATCH_MS = 3_000;
const SHOWN = 5;
const underWay = ({ status }: Export) => status === "waiting" || status === "running";
const watch = ({ state }: { state: { data?: { data: Export[] } | undefined } }) =>
  state.data?.data.some(underWay) ? WATCH_MS : false;

export function YourDataSection() {
  const trpc = useTRPC();
  const list = useQuery(trpc.exports.listMine.queryOptions({ limit: SHOWN }, { refetchInterval: watch }));
  const request = useMutation(trpc.exports.requestMine.mutationOptions());
  return (
    <SettingsSection
      id="your-data"
      title="Your data"
      description="Everything we hold about you, as JSON and CSV. We email you a link that only you can use for 7 days."
    >
      <Exports name="your exports" list={list} request={request} />
    </SettingsSection>
  );
}

export function OrganizationDataSection() {
  return (
    <SettingsSection
      id="organization-data"
      title="Organization data"
      description="Everything we hold about the organization, with its prompts and answers. Keys and secrets are left out."
    >
      <MeGate>
        {({ organization: { role } }) =>
          role === "owner" || role === "admin" ? (
            <OrganizationExports />
          ) : (
            <p className="max-w-prose text-muted">Owners and admins can export it. Your role is {role}.</p>
          )
        }
      </MeGate>
    </SettingsSection>
  );
}

function OrganizationExports() {
  const trpc = useTRPC();
  const list = useQuery(
    trpc.exports.listOrganization.queryOptions({ limit: SHOWN }, { refetchInterval: watch }),
  );
  const request = useMutation(trpc.exports.requestOrganization.mutationOptions());
  return <Exports name="the organization’s exports" list={list} request={request} />;
}

interface ExportsProps {
  name: string;
  list: {
    data: { data: Export[] } | undefined;
    isPending: boolean;
    isError: boolean;
    error: unknown;
    refetch: () => Promise<unknown>;
  };
  request: {
    mutate: (input: Record<string, never>, options: { onSuccess: () => unknown }) => void;
    isPending: boolean;
    error: unknown;
  };
}

function Exports({ name, list, request }: ExportsProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const shown = list.data?.data ?? [];
  const onSuccess = () => {
    toast("Export requested", { tone: "good" });
    return queryClient.invalidateQueries(trpc.exports.pathFilter());
  };
  return (
    <div className="grid gap-4">
      {list.isPending && <ListSkeleton label={`Loading ${name}`} rows={1} />}
      {list.isError && <RetryNotice query={list} title={`Couldn’t load ${name}`} />}
      {list.data && shown.length === 0 && <p className="text-muted">No exports yet.</p>}
      {shown.length > 0 && (
        <ul aria-label="Exports" className="divide-y rounded-lg border bg-surface">
          {shown.map((one) => (
            <ExportRow key={one.id} one={one} />
          ))}
        </ul>
      )}
      {request.error !== null && <FailureNotice error={request.error} />}
      {list.data && (
        <Button
          variant="secondary"
          className="w-fit"
          pending={request.isPending}
          disabled={shown.some(underWay)}
          onClick={() => request.mutate({}, { onSuccess })}
        >
          Request export
        </Button>
      )}
    </div>
  );
}

const states: Record<Export["status"], { label: string; tone: BadgeTone }> = {
  waiting: { label: "Waiting", tone: "neutral" },
  running: { label: "In progress", tone: "accent" },
  ready: { label: "Ready", tone: "good" },
  failed: { label: "Failed", tone: "danger" },
  expired: { label: "Expired", tone: "neutral" },
};

function ExportRow({ one }: { one: Export }) {
  const { label, tone } = states[one.status];
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 p-4">
      <div className="min-w-0">
        <p className="font-medium">
          Requested <RelativeTime iso={one.created_at} />
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          <Explained one={one} />
        </p>
      </div>
      <Badge tone={tone}>{label}</Badge>
    </li>
  );
}

function Explained({ one: { status, bytes, expires_at: expiresAt } }: { one: Export }) {
  switch (status) {
    case "waiting":
    case "running":
      return "We’ll email the link when it’s ready.";
    case "failed":
      return "We couldn’t create the file. Request another.";
    case "expired":
      return "The file was deleted.";
    case "ready":
      return (
        <>
          {formatBytes(bytes ?? 0)} · the emailed link expires {expiresAt && <RelativeTime iso={expiresAt} />}
        </>
      );
  }
}
