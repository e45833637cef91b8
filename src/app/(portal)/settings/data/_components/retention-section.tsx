"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { MeGate, SettingsSection } from "../../_components/settings-section";
import { useKeepsNothing } from "../_lib/use-keeps-nothing";
import { OwnerHint } from "./owner-hint";
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
  if (retention.isPending)
    return (
      <Loading label="Loading the retention" className="grid min-h-64 max-w-md content-start gap-4">
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
      </Loading>
    );
  if (retention.isError) return <RetryNotice query={retention} title="Couldn’t load the retention" />;
  return (
    <div className="grid min-h-64 content-start gap-4">
      <RetentionForm
        key={`${saved} ${retention.data.retention_days} ${retention.data.archive_days}`}
        stored={retention.data}
        readOnly={me.organization.role !== "owner" || keepsNothing}
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
