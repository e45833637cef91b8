"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../_client/trpc";
import { NameForm } from "./name-form";
import { type Me, MeGate, SettingsSection } from "./settings-section";

const renamers: readonly string[] = ["owner", "admin"];

export function OrganizationSection() {
  return (
    <SettingsSection
      id="organization"
      title="Organization"
      description="Renaming it doesn’t change its keys, requests or usage."
    >
      <MeGate>{(me) => <OrganizationName me={me} />}</MeGate>
    </SettingsSection>
  );
}

function OrganizationName({ me }: { me: Me }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(
    trpc.account.renameOrganization.mutationOptions({
      onSuccess: (organization) => {
        toast(`Organization renamed to ${organization.name}`, { tone: "good" });
        return queryClient.invalidateQueries(trpc.account.me.pathFilter());
      },
    }),
  );
  const { name, role } = me.organization;
  if (!renamers.includes(role)) {
    return (
      <dl className="grid gap-1">
        <dt className="font-medium">Name</dt>
        <dd className="break-words">{name}</dd>
        <dd className="text-[13px] text-muted">Owners and admins can change it. Your role is {role}.</dd>
      </dl>
    );
  }
  return (
    <NameForm
      label="Organization name"
      autoComplete="organization"
      value={name}
      onSave={(next) => rename.mutateAsync({ name: next })}
    />
  );
}
