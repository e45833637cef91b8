"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { businessAssociateAgreement } from "@/shared/legal/documents";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { type Me, MeGate, SettingsSection } from "../../_components/settings-section";
import { namesOf } from "../_lib/names-of-providers";
import { hindrance, OwnerHint } from "./owner-hint";
import { SectionLoading } from "./section-loading";

// Loaded when first opened: most visits only look.
const HipaaOnDialog = dynamic(() => import("./hipaa-dialogs").then((module) => module.HipaaOnDialog));
const HipaaOffDialog = dynamic(() => import("./hipaa-dialogs").then((module) => module.HipaaOffDialog));

export function HipaaSection() {
  return (
    <SettingsSection
      id="hipaa"
      title="HIPAA mode"
      description={
        <>
          For health data, under a{" "}
          <Link href={businessAssociateAgreement.path} className="text-accent underline underline-offset-4">
            business associate agreement
          </Link>
          . Nothing is kept, emails carry no details, and reads are audited.
        </>
      }
    >
      <MeGate>{(me) => <Hipaa me={me} />}</MeGate>
    </SettingsSection>
  );
}

type Mode = Outputs["hipaa"]["get"];

function Hipaa({ me }: { me: Me }) {
  const trpc = useTRPC();
  const mode = useQuery(
    // While what was kept is being erased, the page says when it is done.
    trpc.hipaa.get.queryOptions(undefined, {
      refetchInterval: ({ state }) => (state.data?.kept_before === "erasing" ? 15_000 : false),
    }),
  );
  const [asking, setAsking] = useState(false);
  const why = hindrance(me, "hipaa");
  if (mode.isPending)
    return (
      <SectionLoading
        label="Loading the HIPAA mode"
        badge
        wraps
        action={why === undefined}
        hint={why !== undefined}
      />
    );
  if (mode.isError) return <RetryNotice query={mode} title="Couldn’t load the HIPAA mode" />;
  const { enabled } = mode.data;
  // It can always be turned off.
  const mayChange = why === undefined || (why === "plan" && enabled);
  return (
    <div className="grid max-w-prose gap-3">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={enabled ? "good" : "outline"}>{enabled ? "On" : "Off"}</Badge>
        {mode.data.kept_before === "erasing" && <Badge tone="attention">Erasing what was kept before</Badge>}
      </p>
      {enabled ? <On mode={mode.data} /> : <Off mode={mode.data} />}
      {mayChange && (
        <Button variant="secondary" className="w-fit" onClick={() => setAsking(true)}>
          {enabled ? "Turn off HIPAA mode" : "Turn on HIPAA mode"}
        </Button>
      )}
      <OwnerHint me={me} feature="hipaa" />
      {asking &&
        (enabled ? (
          <HipaaOffDialog onDone={() => setAsking(false)} />
        ) : (
          <HipaaOnDialog mode={mode.data} onDone={() => setAsking(false)} />
        ))}
    </div>
  );
}

function On({ mode: { agreement, providers_covered: providers } }: { mode: Mode }) {
  const { accepted } = agreement;
  return (
    <>
      <p className="text-muted">
        {providers.length === 0
          ? "No provider is covered by an agreement yet, so all requests are refused."
          : `Requests go to ${namesOf(providers)}. Other providers are refused.`}
      </p>
      {accepted && (
        <p className="text-[13px] text-muted">
          Agreement version {accepted.version}, accepted <RelativeTime iso={accepted.at} />
          {accepted.by.name && ` by ${accepted.by.name}`}.
          {accepted.version !== agreement.in_force && ` Version ${agreement.in_force} is in force now.`}
        </p>
      )}
    </>
  );
}

function Off({ mode: { turned_off: off } }: { mode: Mode }) {
  return (
    <>
      <p className="text-muted">Don’t send health data. What is kept follows the settings above.</p>
      {off && (
        <p className="break-words text-[13px] text-muted">
          Turned off <RelativeTime iso={off.at} />
          {off.by.name && ` by ${off.by.name}`}: {off.reason}
        </p>
      )}
    </>
  );
}
