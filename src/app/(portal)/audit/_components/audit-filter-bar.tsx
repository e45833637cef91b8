"use client";

import { X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Input } from "@/components/ui/input";
import { LazyDateRangeDialog } from "@/components/ui/lazy-date-range-dialog";
import { Select } from "@/components/ui/select";
import { auditActions, auditActionsOf, auditKindNames, auditKinds } from "@/shared/audit-actions";
import { toDay } from "@/shared/time";
import { type Filters, isPublicId, type Span, spans } from "../_lib/filters";
import { targetNames, targetTypes } from "../_lib/types";
import type { Named } from "../_lib/use-names";

interface FilterBarProps {
  filters: Filters;
  names: { members: Named[]; keys: Named[]; nameOf: (id: string) => string | undefined };
  onChange: (part: Partial<Filters>) => void;
}

const CUSTOM = "custom";
const LONGEST_DAYS = 400;
const spanNames: Record<Span, string> = {
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  "90d": "Last 90 days",
};
const today = () => toDay(new Date());

export function AuditFilterBar({ filters, names, onChange }: FilterBarProps) {
  const [choosing, setChoosing] = useState(false);
  const dated = filters.from !== null && filters.to !== null;
  const { members, keys, nameOf } = names;
  return (
    <search aria-label="Filter the audit log" className="mb-4 grid gap-2">
      <div className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
        <Select
          aria-label="Action"
          className="sm:w-52"
          value={filters.action ?? filters.kind ?? ""}
          onChange={({ currentTarget: { value } }) =>
            onChange({
              action: auditActions.find((one) => one === value) ?? null,
              kind: auditKinds.find((one) => one === value) ?? null,
            })
          }
        >
          <option value="">Any action</option>
          {auditKinds.map((kind) => (
            <optgroup key={kind} label={auditKindNames[kind]}>
              <option value={kind}>All: {auditKindNames[kind]}</option>
              {auditActionsOf(kind).map((action) => (
                <option key={action} value={action}>
                  {action}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
        <Select
          aria-label="By"
          className="sm:w-44"
          value={filters.actor ?? ""}
          onChange={(event) => onChange({ actor: event.currentTarget.value || null })}
        >
          <option value="">Anyone</option>
          {filters.actor && nameOf(filters.actor) === undefined && (
            <option value={filters.actor}>{filters.actor}</option>
          )}
          <NamedOptions label="Members" options={members} />
          <NamedOptions label="API keys" options={keys} />
        </Select>
        <Select
          aria-label="Resource type"
          className="sm:w-40"
          value={filters.targetType ?? ""}
          onChange={({ currentTarget: { value } }) =>
            onChange({ targetType: targetTypes.find((one) => one === value) ?? null })
          }
        >
          <option value="">Any resource</option>
          {targetTypes.map((type) => (
            <option key={type} value={type}>
              {targetNames[type]}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Outcome"
          className="sm:w-36"
          value={filters.outcome ?? ""}
          onChange={({ currentTarget: { value } }) =>
            onChange({ outcome: value === "succeeded" || value === "failed" ? value : null })
          }
        >
          <option value="">Any outcome</option>
          <option value="succeeded">Succeeded</option>
          <option value="failed">Failed</option>
        </Select>
        <Select
          aria-label="Time"
          className="sm:w-44"
          value={dated ? CUSTOM : (filters.span ?? "")}
          onChange={({ currentTarget: { value } }) => {
            if (value === CUSTOM) setChoosing(true);
            else onChange({ span: spans.find((one) => one === value) ?? null, from: null, to: null });
          }}
        >
          <option value="">Any time</option>
          {spans.map((span) => (
            <option key={span} value={span}>
              {spanNames[span]}
            </option>
          ))}
          <option value={CUSTOM}>{dated ? `${filters.from} to ${filters.to}` : "Custom range"}</option>
        </Select>
        <TargetField filters={filters} onChange={onChange} />
      </div>
      <LazyDateRangeDialog
        open={choosing}
        onOpenChange={setChoosing}
        from={filters.from ?? today()}
        to={filters.to ?? today()}
        longestDays={LONGEST_DAYS}
        onChoose={(from, to) => {
          setChoosing(false);
          onChange({ span: null, from, to });
        }}
      />
    </search>
  );
}

function NamedOptions({ label, options }: { label: string; options: readonly Named[] }) {
  if (options.length === 0) return null;
  return (
    <optgroup label={label}>
      {options.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </optgroup>
  );
}

function TargetField({ filters, onChange }: Pick<FilterBarProps, "filters" | "onChange">) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const id = text.trim();
    setWrong(id !== "" && !isPublicId(id));
    if (!isPublicId(id)) return;
    onChange({ target: id });
    setText("");
  };
  if (filters.target !== null) {
    return (
      <span className="col-span-2 flex min-h-10 max-w-full items-center rounded-full bg-accent-soft pl-3 text-[13px] text-accent sm:min-h-9">
        <code className="truncate">{filters.target}</code>
        <button
          type="button"
          aria-label="Remove resource filter"
          className="ml-1 flex size-8 shrink-0 items-center justify-center rounded-full hover:text-accent-strong"
          onClick={() => onChange({ target: null })}
        >
          <X className="size-3.5" aria-hidden="true" />
        </button>
      </span>
    );
  }
  return (
    <form onSubmit={submit} className="col-span-2 min-w-0 sm:min-w-44 sm:flex-1">
      <Input
        aria-label="Resource ID"
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? "resource-wrong" : undefined}
        placeholder="Resource ID: key_…"
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
      />
      {wrong && (
        <p id="resource-wrong" className="mt-1 text-[13px] text-danger">
          Enter a whole ID, such as key_01h…, then press Enter.
        </p>
      )}
    </form>
  );
}
