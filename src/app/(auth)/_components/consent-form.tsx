"use client";

import type { ConsentRequest } from "@agathaai/core/oauth";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { AppLogo } from "@/components/brand/app-logo";
import { inScopeOrder, scopeLabel } from "@/components/format/scope-labels";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/fields/label";
import { Select } from "@/components/ui/fields/select";
import { Notice } from "@/components/ui/notice";
import { signOutTo } from "../../_client/auth-call";
import { FailureNotice } from "../../_client/failure-notice";
import { ResendButton } from "../../_components/resend-button";
import { AuthHeading } from "./auth-heading";

export type Decision = { decision: "allow"; organization_id: string } | { decision: "deny" };

interface ConsentFormProps<Outcome> {
  /** Where somebody who signs in with another account comes back to. */
  path: string;
  request: ConsentRequest;
  /** The app wants the person to sign in anew first. */
  reauthenticate?: boolean;
  send: (decision: Decision) => Promise<Outcome>;
  onDecided: (outcome: Outcome, decision: Decision) => void;
  /** What to know before deciding. */
  children?: ReactNode;
}

/** An app's request, and the decision on it. */
export function ConsentForm<Outcome>({
  path,
  request,
  reauthenticate = false,
  send,
  onDecided,
  children,
}: ConsentFormProps<Outcome>) {
  const { app, person, organizations } = request;
  const [chosen, setChosen] = useState(
    () => (organizations.find(({ current }) => current) ?? organizations[0])?.id ?? "",
  );
  const decide = useMutation({
    mutationFn: send,
    onSuccess: (outcome, decision) => onDecided(outcome, decision),
  });
  const busy = decide.isPending || decide.isSuccess;
  const organization = organizations.find(({ id }) => id === chosen);
  const withheld = organization?.withheld ?? [];
  const given = request.scopes.filter((scope) => !withheld.includes(scope));

  return (
    <>
      <AppLogo app={app} className="mb-4 size-12" />
      <AuthHeading title={`Connect ${app.name}`}>
        By {app.developer}, at{" "}
        <a
          href={app.homepage_url}
          rel="noreferrer nofollow"
          target="_blank"
          className="break-all underline underline-offset-4"
        >
          {new URL(app.homepage_url).host}
        </a>
        . AgathaAI hasn’t reviewed this app. Continue only if you trust it.
      </AuthHeading>

      {children}
      {decide.error && <FailureNotice error={decide.error} className="mb-6" />}

      <div className="grid gap-5">
        <div>
          <Label htmlFor="organization">Organization</Label>
          <Select
            id="organization"
            className="mt-1.5"
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
            disabled={busy}
          >
            {organizations.map(({ id, name, role }) => (
              <option key={id} value={id}>
                {name} ({role})
              </option>
            ))}
          </Select>
        </div>

        <section aria-labelledby="can">
          <h2 id="can" className="font-medium">
            {given.length === 0
              ? "Your role in this organization doesn’t allow anything it asks for"
              : "It can"}
          </h2>
          {given.length > 0 && (
            <ul className="mt-1.5 divide-y rounded-lg border bg-surface">
              {inScopeOrder(given).map((scope) => (
                <li key={scope} className="px-3 py-2">
                  {scopeLabel(scope)}
                </li>
              ))}
            </ul>
          )}
        </section>

        {withheld.length > 0 && given.length > 0 && (
          <Notice tone="info" title="Left out, because your role doesn’t allow it">
            It also asked to {inScopeOrder(withheld).map(scopeLabel).join("; ")}.
          </Notice>
        )}

        {!person.email_verified && (
          <Notice tone="attention" title="Verify your email first" action={<ResendButton size="sm" />}>
            {app.name} learns from us who you are. Open the link we sent to {person.email}, then reload this
            page.
          </Notice>
        )}
        {reauthenticate ? (
          <Notice
            tone="attention"
            title="Sign in again to continue"
            action={
              <Button variant="secondary" onClick={() => void signOutTo(path)}>
                Sign in again
              </Button>
            }
          >
            {app.name} wants to make sure it’s you.
          </Notice>
        ) : (
          <Button
            className="h-10"
            pending={busy && decide.variables?.decision === "allow"}
            disabled={busy || given.length === 0 || !person.email_verified}
            onClick={() => decide.mutate({ decision: "allow", organization_id: chosen })}
          >
            Allow
          </Button>
        )}
        <Button
          variant="secondary"
          className="h-10"
          pending={busy && decide.variables?.decision === "deny"}
          disabled={busy}
          onClick={() => decide.mutate({ decision: "deny" })}
        >
          Cancel
        </Button>
      </div>

      <p className="mt-6 text-[13px] text-muted">
        {request.redirect_host !== null && (
          <>
            You’ll return to <span className="break-all text-ink">{request.redirect_host}</span>.{" "}
          </>
        )}
        You can disconnect the app at any time in Settings.
      </p>
      <p className="mt-2 text-[13px] text-muted">
        Signed in as <span className="break-all text-ink">{person.email}</span>.{" "}
        <button
          type="button"
          className="cursor-pointer rounded-sm underline underline-offset-4"
          onClick={() => void signOutTo(path)}
        >
          Use another account
        </button>
      </p>
    </>
  );
}
