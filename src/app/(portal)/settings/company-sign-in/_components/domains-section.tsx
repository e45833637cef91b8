"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../../_client/failure";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { SettingsSection } from "../../_components/settings-section";
import type { Domain } from "../_lib/company-types";

// Loaded when first opened.
const AddDomainDialog = dynamic(() => import("./domain-dialogs").then((file) => file.AddDomainDialog), {
  ssr: false,
});
const RemoveDomainDialog = dynamic(() => import("./domain-dialogs").then((file) => file.RemoveDomainDialog), {
  ssr: false,
});

type Task = { kind: "add" } | { kind: "remove"; domain: Domain };

export function DomainsSection({ available }: { available: boolean }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.domains.list.queryOptions({ limit: 20 }));
  const [task, setTask] = useState<Task | null>(null);
  const domains = list.data?.data ?? [];
  const done = () => setTask(null);
  return (
    <SettingsSection
      id="domains"
      title="Domains"
      description="Prove that a domain is yours with a DNS record. Email addresses at verified domains lead to your company’s sign-in."
    >
      {list.isPending && (
        <Loading label="Loading your domains" className="grid gap-4">
          <Skeleton className="h-5 w-32" />
          <Skeleton className="h-9 w-36" />
        </Loading>
      )}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your domains" />}
      {list.isSuccess && domains.length === 0 && <p className="mb-4 text-muted">No domains yet.</p>}
      {domains.length > 0 && (
        <ul aria-label="Domains" className="mb-4 divide-y rounded-lg border bg-surface">
          {domains.map((domain) => (
            <DomainRow
              key={domain.id}
              domain={domain}
              available={available}
              onRemove={() => setTask({ kind: "remove", domain })}
            />
          ))}
        </ul>
      )}
      {list.isSuccess && (
        <Button variant="secondary" disabled={!available} onClick={() => setTask({ kind: "add" })}>
          <Plus aria-hidden="true" />
          Add domain
        </Button>
      )}
      {task?.kind === "add" && <AddDomainDialog onDone={done} />}
      {task?.kind === "remove" && <RemoveDomainDialog domain={task.domain} onDone={done} />}
    </SettingsSection>
  );
}

const states = {
  pending: { tone: "neutral", label: "Not verified", text: "Publish this record, then check the domain." },
  verified: { tone: "good", label: "Verified", text: "Leave this record in place." },
  missing: {
    tone: "attention",
    label: "Record missing",
    text: "We no longer find this record. After seven days without it, the domain stops working.",
  },
  lost: {
    tone: "danger",
    label: "Lost",
    text: "The record was missing for seven days. Publish it again, then check the domain.",
  },
} as const;

interface DomainRowProps {
  domain: Domain;
  available: boolean;
  onRemove: () => void;
}

function DomainRow({ domain, available, onRemove }: DomainRowProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const check = useMutation(
    trpc.domains.check.mutationOptions({
      onSuccess: ({ status }) => {
        if (status === "verified") toast(`${domain.domain} verified`, { tone: "good" });
        else toast("Record not found", { description: "DNS changes can take a while. Check again later." });
        return queryClient.invalidateQueries(trpc.domains.pathFilter());
      },
      onError: (error) =>
        toast("Couldn’t check the domain", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  const { tone, label, text } = states[domain.status];
  const { name, value } = domain.record;
  return (
    <li className="grid gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-0 break-all font-medium">{domain.domain}</p>
        <Badge tone={tone}>{label}</Badge>
        <div className="ml-auto flex gap-1">
          <Button
            variant="ghost"
            size="sm"
            disabled={!available}
            pending={check.isPending}
            onClick={() => check.mutate({ id: domain.id })}
          >
            Check<span className="sr-only"> {domain.domain}</span>
          </Button>
          <Button variant="ghost" size="sm" onClick={onRemove}>
            Remove<span className="sr-only"> {domain.domain}</span>
          </Button>
        </div>
      </div>
      <p className="text-[13px] text-muted">{text}</p>
      <dl className="grid gap-x-4 gap-y-1 text-[13px] sm:grid-cols-[4rem_minmax(0,1fr)]">
        <dt className="text-muted">Type</dt>
        <dd>TXT</dd>
        <Copied name="Name" value={name} label={`Copy record name of ${domain.domain}`} />
        <Copied name="Value" value={value} label={`Copy record value of ${domain.domain}`} />
      </dl>
    </li>
  );
}

function Copied({ name, value, label }: { name: string; value: string; label: string }) {
  return (
    <>
      <dt className="self-center text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code className="min-w-0 break-all">{value}</code>
        <CopyButton text={value} label={label} />
      </dd>
    </>
  );
}
