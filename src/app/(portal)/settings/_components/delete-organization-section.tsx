"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { type Me, MeGate, SettingsSection } from "./settings-section";

const DeleteOrganizationDialog = dynamic(() => import("./delete-organization-dialog"));

export function DeleteOrganizationSection() {
  return (
    <SettingsSection
      id="delete-organization"
      title="Delete organization"
      description="Ends its keys, its subscription and everyone’s access. After 30 days, no one can read its data."
    >
      <MeGate>{(me) => <DeleteOrganization me={me} />}</MeGate>
    </SettingsSection>
  );
}

function DeleteOrganization({ me }: { me: Me }) {
  const [asking, setAsking] = useState(false);
  const { name, personal, role } = me.organization;
  if (personal) {
    return (
      <p className="max-w-prose text-muted">
        <span className="break-words">{name}</span> is a personal organization. It stays as long as its
        owner’s account.
      </p>
    );
  }
  if (role !== "owner") {
    return <p className="max-w-prose text-muted">Only owners can delete it. Your role is {role}.</p>;
  }
  return (
    <>
      <Button variant="danger" onClick={() => setAsking(true)}>
        Delete organization
      </Button>
      {asking && <DeleteOrganizationDialog name={name} onDone={() => setAsking(false)} />}
    </>
  );
}
