"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Ban } from "lucide-react";
import { useState } from "react";
import { Wordmark } from "@/components/brand/mark";
import { ExactTime } from "@/components/format/relative-time";
import { ThemeSwitch } from "@/components/theme/theme-switch";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { signOutTo } from "../../../_client/auth-call";
import { FailureNotice } from "../../../_client/failure-notice";
import { enterOrganization } from "../../../_client/organization-tabs";
import { useTRPC } from "../../../_client/trpc";
import { RetryNotice } from "../../_components/query-states";

interface SuspendedViewProps {
  of: "account" | "organization";
  reason: string;
  since: string;
  /** Whom to write to. */
  contact: string;
}

const words = {
  account: {
    title: "Your account is suspended",
    effect:
      "Requests with your sessions, with apps you connected and with API keys you created are refused. Nothing was deleted.",
  },
  organization: {
    title: "This organization is suspended",
    effect:
      "Requests with its API keys and apps are refused, and its webhooks wait. Nothing was deleted. Your other organizations aren’t affected.",
  },
} as const;

/** In place of every page of the portal: what is suspended, why, whom to write to, and where else to go. */
export function SuspendedView({ of, reason, since, contact }: SuspendedViewProps) {
  const { title, effect } = words[of];
  const [leaving, setLeaving] = useState(false);
  const leave = async () => {
    setLeaving(true);
    await signOutTo("/");
    setLeaving(false);
  };
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-16 items-center justify-between px-5">
        <Wordmark />
        <ThemeSwitch />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto w-full max-w-[34rem] px-5 pt-[max(2rem,8vh)] pb-16 outline-none"
      >
        <Ban className="size-8 text-danger" aria-hidden="true" />
        <h1 className="mt-4 font-semibold text-2xl tracking-tight">{title}</h1>
        <p className="mt-2 text-muted">{effect}</p>
        <Card className="mt-6 p-5">
          <dl className="grid gap-3">
            <Fact name="Reason">{reason}</Fact>
            <Fact name="Since">
              <ExactTime iso={since} />
            </Fact>
          </dl>
        </Card>
        <p className="mt-6">
          If you think this is a mistake, or have fixed what caused it, email{" "}
          <a href={`mailto:${contact}`} className="text-accent underline underline-offset-4">
            {contact}
          </a>
          . We’ll review it.
        </p>
        {of === "organization" && <OtherOrganizations />}
        <Button variant="secondary" className="mt-8" pending={leaving} onClick={() => void leave()}>
          Sign out
        </Button>
      </main>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[5rem_minmax(0,1fr)] gap-3">
      <dt className="text-muted">{name}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

/** The way out of a suspended organization. */
function OtherOrganizations() {
  const trpc = useTRPC();
  const list = useQuery(trpc.team.organizations.queryOptions({ order: "asc" }));
  const change = useMutation(
    trpc.team.switchOrganization.mutationOptions({
      onSuccess: ({ id }) => enterOrganization(id),
      meta: { refreshes: false },
    }),
  );
  if (list.isPending) {
    return (
      <Loading label="Loading your organizations" className="mt-8">
        <Skeleton className="h-9 w-64" />
      </Loading>
    );
  }
  if (list.isError) {
    return (
      <div className="mt-8">
        <RetryNotice query={list} title="Couldn’t load your organizations" />
      </div>
    );
  }
  const others = list.data.data.filter(({ current }) => !current);
  if (others.length === 0) return null;
  return (
    <section className="mt-8" aria-labelledby="other-organizations">
      <h2 id="other-organizations" className="font-medium">
        Switch to another organization
      </h2>
      {change.error && <FailureNotice error={change.error} className="mt-3" />}
      <ul className="mt-3 grid gap-2">
        {others.map(({ id, name }) => (
          <li key={id}>
            <Button
              variant="secondary"
              className="max-w-full"
              pending={change.isPending && change.variables.organization_id === id}
              onClick={() => change.mutate({ organization_id: id })}
            >
              <span className="truncate">{name}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
