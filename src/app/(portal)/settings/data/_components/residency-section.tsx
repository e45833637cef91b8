"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { type Me, MeGate, SettingsSection } from "../../_components/settings-section";
import { listOf } from "../_lib/providers-in-eu";
import { hindrance, OwnerHint } from "./owner-hint";
import { ResidencyDialog } from "./residency-dialog";
import { SectionLoading } from "./section-loading";

export function ResidencySection() {
  return (
    <SettingsSection
      id="residency"
      title="Data residency"
      description="Where prompts and answers may be processed by model providers. Emails and payments aren’t part of it."
    >
      <MeGate>{(me) => <Residency me={me} />}</MeGate>
    </SettingsSection>
  );
}

function Residency({ me }: { me: Me }) {
  const trpc = useTRPC();
  const policy = useQuery(trpc.dataPolicy.get.queryOptions());
  const [asking, setAsking] = useState(false);
  const why = hindrance(me, "residency");
  if (policy.isPending)
    return (
      <SectionLoading
        label="Loading the data residency"
        badge
        wraps
        action={why === undefined}
        hint={why !== undefined}
      />
    );
  if (policy.isError) return <RetryNotice query={policy} title="Couldn’t load the data residency" />;
  const isEu = policy.data.residency === "eu";
  // It can always be taken off.
  const mayChange = why === undefined || (why === "plan" && isEu);
  return (
    <div className="grid max-w-prose gap-3">
      <p className="flex items-center gap-2">
        <Badge tone={isEu ? "good" : "outline"}>{isEu ? "EU only" : "Anywhere"}</Badge>
      </p>
      <p className="text-muted">
        {isEu
          ? `Requests go to endpoints in the EU of ${listOf(policy.data)}. Other models are refused.`
          : "Requests go to each provider’s usual endpoint, wherever that is."}
      </p>
      {mayChange && (
        <Button variant="secondary" className="w-fit" onClick={() => setAsking(true)}>
          {isEu ? "Allow any region" : "Keep requests in the EU"}
        </Button>
      )}
      <OwnerHint me={me} feature="residency" />
      {asking && <ResidencyDialog policy={policy.data} onDone={() => setAsking(false)} />}
    </div>
  );
}
