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
      description="With an authenticator app or a passkey, your password alone doesn’t sign you in. API keys aren’t affected."
    >
      {factor.isPending && (
        <Loading label="Loading your second factor" className="grid max-w-md gap-3">
          <Skeleton className="w-56" />
          <Skeleton className="h-9 w-48" />
        </Loading>
      )}
      {factor.isError && <RetryNotice query={factor} title="Couldn’t load your second factor" />}
      {factor.data?.authenticator === false && <Off factor={factor.data} onOpen={setOpen} />}
      {factor.data?.authenticator && <On factor={factor.data} onOpen={setOpen} />}
      {open === "add" && <AddDialog onDone={done} />}
      {open === "remove" && <RemoveDialog onDone={done} />}
      {open === "renew" && <RenewDialog onDone={done} />}
    </SettingsSection>
  );
}

interface FactorProps {
  factor: Outputs["secondFactor"]["get"];
  onOpen: (dialog: Open) => void;
}

/** Without an authenticator app. A passkey alone is a second factor too. */
function Off({ factor: { passkeys, recovery_codes_left: left }, onOpen }: FactorProps) {
  const add = (disabled: boolean) => (
    <Button variant="secondary" className="w-fit" disabled={disabled} onClick={() => onOpen("add")}>
      Add authenticator app
    </Button>
  );
  if (passkeys > 0) {
    return (
      <div className="grid max-w-prose gap-4">
        <p>
          On, by {passkeys === 1 ? "your passkey" : `your ${passkeys} passkeys`}. {codesLeft(left)} Programs
          that sign in with your password need an authenticator app.
        </p>
        <FewCodes left={left} />
        <div className="flex flex-wrap gap-2">
          {add(false)}
          <Button variant="secondary" onClick={() => onOpen("renew")}>
            Create new recovery codes
          </Button>
        </div>
      </div>
    );
  }
  return (
    <MeGate>
      {({ user }) => (
        <div className="grid max-w-prose gap-4">
          <p>
            {user.email_verified
              ? "Off. Anyone who learns your password can sign in."
              : "Off. Verify your email first, so that nobody else can add an app to your account."}
          </p>
          {add(!user.email_verified)}
        </div>
      )}
    </MeGate>
  );
}

function FewCodes({ left }: { left: number }) {
  if (left >= FEW_CODES) return null;
  return (
    <Notice tone="attention" title="Create new recovery codes">
      Without them, losing your app and passkeys means losing your account.
    </Notice>
  );
}

const codesLeft = (left: number) =>
  left === 1 ? "1 recovery code is left." : `${left} recovery codes are left.`;

function On({ factor: { added_at, recovery_codes_left: left }, onOpen }: FactorProps) {
  return (
    <div className="grid max-w-prose gap-4">
      <p>
        On. You added your authenticator app {added_at && <RelativeTime iso={added_at} />}. {codesLeft(left)}
      </p>
      <FewCodes left={left} />
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
