"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { endpointNames } from "@/shared/endpoints";
import { useTRPC } from "../../../_client/trpc";
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
        <li
          key={name}
          className="flex h-8 items-center rounded-full bg-accent-soft pl-3 text-[13px] text-accent"
        >
          {name}
          <button
            type="button"
            aria-label={`Remove filter ${name}`}
            className="ml-1 flex size-8 items-center justify-center rounded-full hover:text-accent-strong"
            onClick={() => onChange(without)}
          >
            <X className="size-3.5" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
