"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { MeGate, SettingsSection } from "../../_components/settings-section";
import { useKeepsNothing } from "../_lib/use-keeps-nothing";
import { hindrance, OwnerHint } from "./owner-hint";
import { RetentionForm } from "./retention-form";

export function RetentionSection() {
  return (
    <SettingsSection
      id="retention"
      title="Retention"
      description="How long prompts and answers are kept. Cost, usage and receipts stay as long as your account."
    >
      <MeGate>{(me) => <Retention me={me} />}</MeGate>
    </SettingsSection>
  );
}

type Me = Parameters<typeof OwnerHint>[0]["me"];

function Retention({ me }: { me: Me }) {
  const trpc = useTRPC();
  const retention = useQuery(trpc.retention.get.queryOptions());
  const keepsNothing = useKeepsNothing();
  // A saved form starts anew from what is stored.
  const [saved, setSaved] = useState(0);
  const isOwner = me.organization.role === "owner";
  if (retention.isPending)
    return <RetentionLoading save={isOwner} hint={hindrance(me, "retentionChoice") !== undefined} />;
  if (retention.isError) return <RetryNotice query={retention} title="Couldn’t load the retention" />;
  return (
    <div className="grid gap-4">
      <RetentionForm
        key={`${saved} ${retention.data.retention_days} ${retention.data.archive_days}`}
        stored={retention.data}
        readOnly={!isOwner || keepsNothing}
        onSaved={() => setSaved((count) => count + 1)}
      />
      {keepsNothing ? (
        <p className="text-[13px] text-muted">HIPAA mode keeps nothing, so it can’t be changed.</p>
      ) : (
        <OwnerHint me={me} feature="retentionChoice" />
      )}
    </div>
  );
}

/** As high as the form that comes in its place. */
function RetentionLoading({ save, hint }: { save: boolean; hint: boolean }) {
  return (
    <Loading label="Loading the retention" className="grid max-w-prose gap-4">
      <FieldSkeleton />
      <FieldSkeleton />
      {save && <Skeleton className="h-9 w-36 rounded-lg" />}
      {hint && <Skeleton className="h-5 w-64 max-w-full" />}
    </Loading>
  );
}

function FieldSkeleton() {
  return (
    <div className="grid gap-1.5">
      <Skeleton className="h-5 w-32" />
      <Skeleton className="h-10 w-32 rounded-lg sm:h-9" />
      <Skeleton className="h-5 w-80 max-w-full" />
    </div>
  );
}
