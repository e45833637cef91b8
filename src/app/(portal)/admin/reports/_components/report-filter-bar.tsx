"use client";

import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { auditKindNames, auditKinds } from "@/shared/audit-actions";
import { ChoiceFilter } from "../../../_components/filters/choice-filter";
import { actors, days, isOrganizationId, methods, type ReportFilters, spans } from "./use-report-filters";

const methodNames: Record<(typeof methods)[number], string> = {
  password: "Password",
  passkey: "Passkey",
  google: "Google",
  github: "GitHub",
  company: "Company sign-in",
};
const actorNames: Record<(typeof actors)[number], string> = {
  user: "People",
  key: "API keys",
  service_account: "Service accounts",
  operator: "Operators",
  system: "The system",
};
/** What is in no report of admin actions. */
const everyday: readonly string[] = ["auth", "account", "data", "api", "usage"];
const reportedKinds = auditKinds.filter((kind) => !everyday.includes(kind));

export function ReportFilterBar({ filters, setFilters }: ReportFilters) {
  return (
    <search aria-label="Filter the report" className="mb-4 grid grid-cols-1 gap-2 sm:flex sm:flex-wrap">
      <Select
        aria-label="Time"
        className="sm:w-44"
        value={filters.time}
        onChange={({ currentTarget: { value } }) =>
          void setFilters({ time: spans.find((one) => one === value) ?? null })
        }
      >
        {spans.map((span) => (
          <option key={span} value={span}>
            Last {days[span]} days
          </option>
        ))}
      </Select>
      {filters.report === "sign-ins" ? (
        <ChoiceFilter
          label="How"
          anyLabel="Any way"
          className="sm:w-44"
          options={methods}
          nameOf={(method) => methodNames[method]}
          value={filters.method}
          onChoose={(method) => void setFilters({ method })}
        />
      ) : (
        <>
          <ChoiceFilter
            label="Kind of action"
            anyLabel="Any action"
            className="sm:w-52"
            options={reportedKinds}
            nameOf={(kind) => auditKindNames[kind]}
            value={filters.kind}
            onChoose={(kind) => void setFilters({ kind })}
          />
          <ChoiceFilter
            label="By"
            anyLabel="Anyone"
            className="sm:w-40"
            options={actors}
            nameOf={(actor) => actorNames[actor]}
            value={filters.by}
            onChoose={(by) => void setFilters({ by })}
          />
        </>
      )}
      <OrganizationField
        key={filters.organization}
        value={filters.organization ?? ""}
        onChange={(organization) => void setFilters({ organization })}
      />
    </search>
  );
}

interface OrganizationFieldProps {
  value: string;
  onChange: (organization: string | null) => void;
}

/** Applied when it is sent: half an ID names nothing. */
function OrganizationField({ value, onChange }: OrganizationFieldProps) {
  const [text, setText] = useState(value);
  const [refused, setRefused] = useState(value !== "" && !isOrganizationId(value));
  const errorId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = text.trim();
    const wrong = id !== "" && !isOrganizationId(id);
    setRefused(wrong);
    if (!wrong) onChange(id || null);
  };
  return (
    <form onSubmit={submit} noValidate className="sm:w-96">
      <div className="flex gap-2">
        <Input
          aria-label="Organization ID"
          aria-invalid={refused || undefined}
          aria-describedby={refused ? errorId : undefined}
          placeholder="org_01h…"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          className="min-w-0 flex-1"
        />
        <Button type="submit" variant="secondary" className="h-10 sm:h-9">
          Apply
        </Button>
      </div>
      {refused && (
        <p id={errorId} role="alert" className="mt-1 text-[13px] text-danger">
          Enter a whole organization ID; it starts with org_.
        </p>
      )}
    </form>
  );
}
