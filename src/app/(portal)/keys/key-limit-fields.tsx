"use client";

import { useQuery } from "@tanstack/react-query";
import { CheckList } from "@/components/ui/check-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { type Failure, fieldError } from "../../client/failure";
import { useTRPC } from "../../client/trpc";
import { defaultKeyScopes, type KeyDraft, keyScopes, lifetimes } from "./key-draft";

interface KeyLimitFieldsProps {
  draft: KeyDraft;
  onChange: (part: Partial<KeyDraft>) => void;
  failure: Failure | null;
}

export function KeyLimitFields({ draft, onChange, failure }: KeyLimitFieldsProps) {
  const trpc = useTRPC();
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const errorAt = (param: string) => fieldError(failure, param);
  return (
    <div className="mt-4 grid gap-5 border-l pl-4">
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Expires" error={errorAt("expires_at")}>
          {(control) => (
            <Select
              {...control}
              value={draft.lifetimeDays}
              onChange={(event) => onChange({ lifetimeDays: event.currentTarget.value })}
            >
              {lifetimes.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Requests a minute" hint="Empty: the plan's own limit." error={errorAt("rpm_limit")}>
          {(control) => (
            <Input
              {...control}
              type="number"
              inputMode="numeric"
              min={1}
              step={1}
              value={draft.rpmLimit}
              onChange={(event) => onChange({ rpmLimit: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <Field
        label="Addresses"
        hint="IP addresses or CIDR ranges that may use the key, one a line. Empty: any."
        error={errorAt("ip_allowlist")}
      >
        {(control) => (
          <Textarea
            {...control}
            rows={2}
            className="min-h-16 font-mono text-[13px]"
            placeholder="203.0.113.0/24"
            spellCheck={false}
            value={draft.ipAllowlist}
            onChange={(event) => onChange({ ipAllowlist: event.currentTarget.value })}
          />
        )}
      </Field>
      <CheckList
        legend="Models"
        hint={draft.models.length === 0 ? "None chosen: every model." : undefined}
        options={(models.data?.data ?? []).map(({ id }) => id)}
        chosen={draft.models}
        onChange={(chosen) => onChange({ models: chosen })}
      />
      <div className="grid gap-3">
        <Field label="Scopes" error={errorAt("scopes")}>
          {(control) => (
            <Select
              {...control}
              value={draft.scopes === null ? "all" : "some"}
              onChange={(event) =>
                onChange({ scopes: event.currentTarget.value === "all" ? null : defaultKeyScopes })
              }
            >
              <option value="all">The usual ones for a program</option>
              <option value="some">Only these</option>
            </Select>
          )}
        </Field>
        {draft.scopes && (
          <CheckList
            legend="Allowed"
            options={keyScopes}
            chosen={draft.scopes}
            onChange={(chosen) => onChange({ scopes: chosen })}
          />
        )}
      </div>
    </div>
  );
}
