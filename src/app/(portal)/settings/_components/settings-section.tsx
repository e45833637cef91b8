"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { type Outputs, useTRPC } from "../../../_client/trpc";
import { RetryNotice } from "../../_components/query-states";

interface SettingsSectionProps {
  /** The URL's fragment: `/settings#sessions`. */
  id: string;
  title: string;
  description: ReactNode;
  children: ReactNode;
}

/** Title and description on the left, controls on the right. */
export function SettingsSection({ id, title, description, children }: SettingsSectionProps) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="grid gap-4 lg:grid-cols-[17rem_minmax(0,1fr)] lg:gap-10"
    >
      <div>
        <h2 id={`${id}-title`} className="font-semibold text-base">
          {title}
        </h2>
        <div className="mt-1 max-w-prose text-muted">{description}</div>
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}

export type Me = Outputs["account"]["me"];

/** Shows its content once the account is loaded. */
export function MeGate({ children }: { children: (me: Me) => ReactNode }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  if (me.data) return children(me.data);
  if (me.isError) return <RetryNotice query={me} title="Couldn’t load your account" />;
  return (
    <Loading label="Loading your account" className="grid max-w-md gap-3">
      <Skeleton className="w-24" />
      <Skeleton className="h-9" />
    </Loading>
  );
}
