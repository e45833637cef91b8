"use client";

import { useQuery } from "@tanstack/react-query";
import { Select } from "@/components/ui/fields/select";
import { endpointNames, endpoints } from "@/shared/endpoints";
import { useTRPC } from "../../../_client/trpc";
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
        <Select
          aria-label="Status"
          className="sm:w-36"
          value={filters.status ?? ""}
          onChange={(event) =>
            onChange({ status: statuses.find((one) => one === event.currentTarget.value) ?? null })
          }
        >
          <option value="">Any status</option>
          {statuses.map((status) => (
            <option key={status} value={status}>
              {statusLabel(status)}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Model"
          className="sm:w-44"
          value={filters.model ?? ""}
          onChange={(event) => onChange({ model: event.currentTarget.value || null })}
        >
          <option value="">Any model</option>
          {[...modelIds].map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Endpoint"
          className="sm:w-40"
          value={filters.endpoint ?? ""}
          onChange={(event) =>
            onChange({ endpoint: endpoints.find((one) => one === event.currentTarget.value) ?? null })
          }
        >
          <option value="">Any endpoint</option>
          {endpoints.map((endpoint) => (
            <option key={endpoint} value={endpoint}>
              {endpointNames[endpoint]}
            </option>
          ))}
        </Select>
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
        <Select
          aria-label="Environment"
          className="sm:w-36"
          value={filters.environment ?? ""}
          onChange={({ currentTarget: { value } }) =>
            onChange({ environment: value === "live" || value === "test" ? value : null })
          }
        >
          <option value="">Live and test</option>
          <option value="live">Live</option>
          <option value="test">Test</option>
        </Select>
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
