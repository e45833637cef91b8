"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { MeGate, SettingsSection } from "../settings-section";

const AddDialog = dynamic(() => import("./authenticator-dialogs").then((module) => module.AddDialog));
const RemoveDialog = dynamic(() => import("./authenticator-dialogs").then((module) => module.RemoveDialog));
const RenewDialog = dynamic(() => import("./authenticator-dialogs").then((module) => module.RenewDialog));

/** Below this many, the section asks for new ones. */
const FEW_CODES = 3;

type Open = "add" | "remove" | "renew" | null;

export function SecondFactorSection() {
  const trpc = useTRPC();
  const factor = useQuery(trpc.secondFactor.get.queryOptions());
  const [open, setOpen] = useState<Open>(null);
  const done = () => setOpen(null);
  return (
    <SettingsSection
      id="security"
      title="Two-factor sign-in"
      description="With an authenticator app, signing in takes your password and a code. API keys aren’t affected."
    >
      {factor.isPending && (
        <Loading label="Loading your second factor" className="grid max-w-md gap-3">
          <Skeleton className="w-56" />
          <Skeleton className="h-9 w-48" />
        </Loading>
      )}
      {factor.isError && <RetryNotice query={factor} title="Couldn’t load your second factor" />}
      {factor.data?.enabled === false && <Off onAdd={() => setOpen("add")} />}
      {factor.data?.enabled && <On factor={factor.data} onOpen={setOpen} />}
      {open === "add" && <AddDialog onDone={done} />}
      {open === "remove" && <RemoveDialog onDone={done} />}
      {open === "renew" && <RenewDialog onDone={done} />}
    </SettingsSection>
  );
}

function Off({ onAdd }: { onAdd: () => void }) {
  return (
    <MeGate>
      {({ user }) => (
        <div className="grid max-w-prose gap-4">
          <p>
            {user.email_verified
              ? "Off. Anyone who learns your password can sign in."
              : "Off. Verify your email first, so that nobody else can add an app to your account."}
          </p>
          <Button variant="secondary" className="w-fit" disabled={!user.email_verified} onClick={onAdd}>
            Add authenticator app
          </Button>
        </div>
      )}
    </MeGate>
  );
}

interface OnProps {
  factor: Outputs["secondFactor"]["get"];
  onOpen: (dialog: Open) => void;
}

function On({ factor: { added_at, recovery_codes_left: left }, onOpen }: OnProps) {
  return (
    <div className="grid max-w-prose gap-4">
      <p>
        On. You added your authenticator app {added_at && <RelativeTime iso={added_at} />}.{" "}
        {left === 1 ? "1 recovery code is left." : `${left} recovery codes are left.`}
      </p>
      {left < FEW_CODES && (
        <Notice tone="attention" title="Create new recovery codes">
          Without them, losing your app means losing your account.
        </Notice>
      )}
      <div className="flex flex-wrap gap-2">
        <Button variant="secondary" onClick={() => onOpen("renew")}>
          Create new recovery codes
        </Button>
        <Button variant="secondary" onClick={() => onOpen("remove")}>
          Remove authenticator app
        </Button>
      </div>
    </div>
  );
}
