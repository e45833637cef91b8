"use client";

import { useQuery } from "@tanstack/react-query";
import { endpointNames } from "@/shared/endpoints";
import { useTRPC } from "../../../_client/trpc";
import { FilterChip } from "../../_components/filters/filter-chip";
import { statusNames } from "../_lib/labels";
import type { Report } from "../_lib/series";
import type { UsageSearch } from "../_lib/usage-search";

interface FilterChipsProps {
  search: UsageSearch;
  onChange: (part: Partial<UsageSearch>) => void;
  labels: Report["data"];
}

const MOST_KEYS = 100;

/** The active filters, each with a button that removes it. */
export function FilterChips({ search, onChange, labels }: FilterChipsProps) {
  const { model, apiKeyId, status, endpoint } = search;
  const trpc = useTRPC();
  const keys = useQuery(trpc.keys.list.queryOptions({ limit: MOST_KEYS }, { enabled: apiKeyId !== null }));
  const keyName =
    keys.data?.data.find(({ id }) => id === apiKeyId)?.name ??
    labels.find(({ group }) => group?.id === apiKeyId)?.group?.label ??
    apiKeyId;
  const chips = [
    model !== null && { name: `Model ${model}`, without: { model: null } },
    apiKeyId !== null && { name: `Key ${keyName}`, without: { apiKeyId: null } },
    endpoint !== null && { name: endpointNames[endpoint], without: { endpoint: null } },
    status !== null && { name: statusNames[status], without: { status: null } },
  ].filter((chip) => chip !== false);
  return (
    <ul aria-label="Filters" className="mb-4 flex flex-wrap gap-2">
      {chips.map(({ name, without }) => (
        <li key={name} className="max-w-full">
          <FilterChip removeLabel={`Remove filter ${name}`} onRemove={() => onChange(without)}>
            {name}
          </FilterChip>
        </li>
      ))}
    </ul>
  );
}
