"use client";

import { useQuery } from "@tanstack/react-query";
import { Select } from "@/components/ui/fields/select";
import { endpointNames, endpoints } from "@/shared/endpoints";
import { useTRPC } from "../../../_client/trpc";
import { ChoiceFilter } from "../../_components/filters/choice-filter";
import { FilterChip } from "../../_components/filters/filter-chip";
import { TimeFilter } from "../../_components/filters/time-filter";
import { TypedFilter } from "../../_components/filters/typed-filter";
import { statusLabel } from "../../_components/request-status";
import { type Filters, readMetadata, type Span, spans } from "../_lib/filters";
import { statuses } from "../_lib/types";

interface FilterBarProps {
  filters: Filters;
  onChange: (part: Partial<Filters>) => void;
}

const MOST_KEYS = 100;
const spanNames: Record<Span, string> = {
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
};
const environments = ["live", "test"] as const;
const environmentNames = { live: "Live", test: "Test" } as const;

export function FilterBar({ filters, onChange }: FilterBarProps) {
  const trpc = useTRPC();
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const keys = useQuery(trpc.keys.list.queryOptions({ limit: MOST_KEYS }));
  const modelIds = new Set([...(models.data?.data.map(({ id }) => id) ?? []), filters.model ?? ""]);
  modelIds.delete("");
  const known = keys.data?.data ?? [];
  const chooseSender = (text: string) => {
    if (text === "key" || text === "person") onChange({ apiKeyId: null, madeBy: text });
    else onChange({ apiKeyId: text || null, madeBy: null });
  };
  return (
    <search aria-label="Filter requests" className="mb-4 grid gap-2">
      <div className="grid grid-cols-2 gap-2 sm:flex sm:flex-wrap">
        <ChoiceFilter
          label="Status"
          anyLabel="Any status"
          className="sm:w-36"
          options={statuses}
          nameOf={statusLabel}
          value={filters.status}
          onChoose={(status) => onChange({ status })}
        />
        <ChoiceFilter
          label="Model"
          anyLabel="Any model"
          className="sm:w-44"
          options={[...modelIds]}
          nameOf={(id) => id}
          value={filters.model}
          onChoose={(model) => onChange({ model })}
        />
        <ChoiceFilter
          label="Endpoint"
          anyLabel="Any endpoint"
          className="sm:w-40"
          options={endpoints}
          nameOf={(endpoint) => endpointNames[endpoint]}
          value={filters.endpoint}
          onChoose={(endpoint) => onChange({ endpoint })}
        />
        <Select
          aria-label="API key"
          className="sm:w-44"
          value={filters.apiKeyId ?? filters.madeBy ?? ""}
          onChange={(event) => chooseSender(event.currentTarget.value)}
        >
          <option value="">Any key</option>
          <option value="key">Keys only</option>
          <option value="person">Playground and sign-ins</option>
          {filters.apiKeyId && !known.some(({ id }) => id === filters.apiKeyId) && (
            <option value={filters.apiKeyId}>{filters.apiKeyId}</option>
          )}
          {known.map(({ id, name, last_four }) => (
            <option key={id} value={id}>
              {name} (…{last_four})
            </option>
          ))}
        </Select>
        <ChoiceFilter
          label="Environment"
          anyLabel="Live and test"
          className="sm:w-36"
          options={environments}
          nameOf={(environment) => environmentNames[environment]}
          value={filters.environment}
          onChoose={(environment) => onChange({ environment })}
        />
        <TimeFilter times={filters} spans={spans} spanNames={spanNames} onChange={onChange} />
        <MetadataField filters={filters} onChange={onChange} />
      </div>
      <MetadataChips filters={filters} onChange={onChange} />
    </search>
  );
}

function MetadataField({ filters, onChange }: FilterBarProps) {
  const enter = (text: string) => {
    const entry = readMetadata(text);
    if (entry === null) return false;
    onChange({ metadata: { ...filters.metadata, [entry[0]]: entry[1] } });
    return true;
  };
  return (
    <TypedFilter
      label="Metadata"
      placeholder="Metadata: name=value"
      help="Enter it as name=value, then press Enter."
      onEnter={enter}
    />
  );
}

function MetadataChips({ filters, onChange }: FilterBarProps) {
  const entries = Object.entries(filters.metadata);
  if (entries.length === 0) return null;
  const without = (name: string) =>
    onChange({ metadata: Object.fromEntries(entries.filter(([other]) => other !== name)) });
  return (
    <ul aria-label="Metadata filters" className="flex flex-wrap gap-2">
      {entries.map(([name, value]) => (
        <li key={name} className="max-w-full">
          <FilterChip removeLabel={`Remove filter ${name}`} onRemove={() => without(name)}>
            <code className="truncate">
              {name}={value}
            </code>
          </FilterChip>
        </li>
      ))}
    </ul>
  );
}
