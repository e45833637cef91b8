"use client";

import { Select } from "@/components/ui/fields/select";
import { auditActions, auditActionsOf, auditKindNames, auditKinds } from "@/shared/audit-actions";
import { ChoiceFilter } from "../../_components/filters/choice-filter";
import { FilterChip } from "../../_components/filters/filter-chip";
import { TimeFilter } from "../../_components/filters/time-filter";
import { TypedFilter } from "../../_components/filters/typed-filter";
import { type Filters, isPublicId, type Span, spans } from "../_lib/filters";
import { targetNames, targetTypes } from "../_lib/types";
import type { Named } from "../_lib/use-names";

interface FilterBarProps {
  filters: Filters;
  names: { members: Named[]; keys: Named[]; nameOf: (id: string) => string | undefined };
  onChange: (part: Partial<Filters>) => void;
}

const spanNames: Record<Span, string> = {
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  "90d": "Last 90 days",
};
const outcomes = ["succeeded", "failed"] as const;
const outcomeNames = { succeeded: "Succeeded", failed: "Failed" } as const;

export function AuditFilterBar({ filters, names, onChange }: FilterBarProps) {
  const { members, keys, nameOf } = names;
  return (
    <search aria-label="Filter the audit log" className="mb-4 grid gap-2">
      <div className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
        <Select
          aria-label="Action"
          className="max-sm:col-span-2 sm:w-52"
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
        <ChoiceFilter
          label="Resource type"
          anyLabel="Any resource"
          className="sm:w-40"
          options={targetTypes}
          nameOf={(type) => targetNames[type]}
          value={filters.targetType}
          onChoose={(targetType) => onChange({ targetType })}
        />
        <ChoiceFilter
          label="Outcome"
          anyLabel="Any outcome"
          className="sm:w-36"
          options={outcomes}
          nameOf={(outcome) => outcomeNames[outcome]}
          value={filters.outcome}
          onChoose={(outcome) => onChange({ outcome })}
        />
        <TimeFilter times={filters} spans={spans} spanNames={spanNames} onChange={onChange} />
        <TargetField filters={filters} onChange={onChange} />
      </div>
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
  if (filters.target !== null) {
    return (
      <FilterChip
        removeLabel="Remove resource filter"
        onRemove={() => onChange({ target: null })}
        className="col-span-2 min-h-10 sm:min-h-9"
      >
        <code className="truncate">{filters.target}</code>
      </FilterChip>
    );
  }
  const enter = (id: string) => {
    if (!isPublicId(id)) return false;
    onChange({ target: id });
    return true;
  };
  return (
    <TypedFilter
      label="Resource ID"
      placeholder="Resource ID: key_…"
      help="Enter a whole ID, such as key_01h…, then press Enter."
      onEnter={enter}
    />
  );
}
