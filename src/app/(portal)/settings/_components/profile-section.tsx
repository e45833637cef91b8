"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../_client/trpc";
import { NameForm } from "./name-form";
import { type Me, MeGate, SettingsSection } from "./settings-section";

const ChangeEmailDialog = dynamic(() =>
  import("./change-email-dialog").then((module) => module.ChangeEmailDialog),
);

export function ProfileSection() {
  return (
    <SettingsSection
      id="profile"
      title="Profile"
      description="Members of your organizations see your name and email."
    >
      <MeGate>{(me) => <Profile me={me} />}</MeGate>
    </SettingsSection>
  );
}

function Profile({ me }: { me: Me }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [changing, setChanging] = useState(false);
  const update = useMutation(
    trpc.account.updateProfile.mutationOptions({
      onSuccess: (changed) => {
        queryClient.setQueryData(trpc.account.me.queryKey(), changed);
        toast("Name changed", { tone: "good" });
      },
    }),
  );
  return (
    <div className="grid gap-5">
      <dl className="grid gap-1">
        <dt className="font-medium">Email</dt>
        <dd className="flex flex-wrap items-center gap-2">
          <span className="break-all">{me.user.email}</span>
          {me.user.email_verified ? (
            <Badge tone="good">verified</Badge>
          ) : (
            <Badge tone="attention">not verified</Badge>
          )}
          <Button
            variant="secondary"
            size="sm"
            disabled={!me.user.email_verified}
            onClick={() => setChanging(true)}
          >
            Change email
          </Button>
        </dd>
      </dl>
      {changing && <ChangeEmailDialog onDone={() => setChanging(false)} />}
      <NameForm
        label="Name"
        autoComplete="name"
        value={me.user.name}
        onSave={(name) => update.mutateAsync({ name })}
      />
    </div>
  );
}
