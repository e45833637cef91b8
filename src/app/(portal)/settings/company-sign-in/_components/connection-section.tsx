"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatDay } from "@/shared/format/time";
import { roles as roleWords } from "@/shared/permissions";
import { RetryNotice } from "../../../_components/query-states";
import { SettingsSection } from "../../_components/settings-section";
import type { Company, Connection } from "../_lib/company-types";
import { Fact, FactSkeleton } from "./fact";

// Loaded when first opened.
const ConnectionDialog = dynamic(() => import("./connection-dialog").then((file) => file.ConnectionDialog), {
  ssr: false,
});
const RemoveConnectionDialog = dynamic(
  () => import("./remove-connection-dialog").then((file) => file.RemoveConnectionDialog),
  { ssr: false },
);

export function ConnectionSection({ query }: { query: UseQueryResult<Company, unknown> }) {
  const [task, setTask] = useState<"set" | "remove" | null>(null);
  const { data } = query;
  const done = () => setTask(null);
  return (
    <SettingsSection
      id="connection"
      title="Identity provider"
      description="Okta, Microsoft Entra ID, Google Workspace or another provider that speaks OpenID Connect or SAML 2.0."
    >
      {query.isPending && (
        <Loading label="Loading your identity provider" className="grid grid-cols-1 gap-5">
          <Skeleton className="h-5 w-48" />
          <div className="grid grid-cols-1 gap-4">
            {["redirect", "metadata", "entity", "reply"].map((fact) => (
              <FactSkeleton key={fact} />
            ))}
          </div>
          <Skeleton className="h-9 w-48" />
        </Loading>
      )}
      {query.isError && <RetryNotice query={query} title="Couldn’t load your identity provider" />}
      {data && (
        <div className="grid grid-cols-1 gap-5">
          <h3 className="font-medium">To enter at your provider</h3>
          <dl className="grid grid-cols-1 gap-4">
            <Fact name="OpenID Connect: redirect URI" value={data.redirect_uri} copy="Copy redirect URI" />
            <Fact name="SAML: metadata URL" value={data.saml.metadata_url} copy="Copy metadata URL" />
            <Fact
              name="SAML: entity ID, if your provider can’t read metadata"
              value={data.saml.entity_id}
              copy="Copy entity ID"
            />
            <Fact
              name="SAML: reply URL (ACS), if your provider can’t read metadata"
              value={data.saml.acs_url}
              copy="Copy reply URL"
            />
          </dl>
          {data.connection && (
            <>
              <h3 className="font-medium">Your connection</h3>
              <dl className="grid grid-cols-1 gap-4">
                <Facts connection={data.connection} />
              </dl>
            </>
          )}
          <div className="flex flex-wrap gap-2">
            <Button
              variant={data.connection ? "secondary" : "primary"}
              disabled={!data.available}
              onClick={() => setTask("set")}
            >
              {data.connection ? "Edit connection" : "Connect identity provider"}
            </Button>
            {data.connection && (
              <Button variant="ghost" onClick={() => setTask("remove")}>
                Remove connection
              </Button>
            )}
          </div>
          {task === "set" && <ConnectionDialog connection={data.connection} onDone={done} />}
          {task === "remove" && <RemoveConnectionDialog onDone={done} />}
        </div>
      )}
    </SettingsSection>
  );
}

function Facts({ connection }: { connection: Connection }) {
  const { kind, issuer, client_id, sso_url, certificates, default_role, enforced, sign_in_url } = connection;
  return (
    <>
      <Fact name={kind === "saml" ? "Entity ID of your provider" : "Issuer"} value={issuer} />
      {client_id !== null && <Fact name="Client ID" value={client_id} />}
      {sso_url !== null && <Fact name="Sign-in URL of your provider" value={sso_url} />}
      {certificates.map(({ fingerprint, expires_at }) => (
        <Fact
          key={fingerprint}
          name={`Signing certificate (SHA-256), valid until ${formatDay(new Date(expires_at))}`}
          value={fingerprint}
        />
      ))}
      <Fact name="Sign-in link for your people" value={sign_in_url} copy="Copy sign-in link" />
      <div>
        <dt className="text-[13px] text-muted">Role of new members</dt>
        <dd>{roleWords[default_role].label}</dd>
      </div>
      <div>
        <dt className="text-[13px] text-muted">Other ways to sign in</dt>
        <dd>
          {enforced ? (
            <>
              <Badge tone="good">Required</Badge> Members of your domains work here only after signing in
              through the company.
            </>
          ) : (
            "Members can also use a password, passkey, Google or GitHub."
          )}
        </dd>
      </div>
    </>
  );
}
