"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Input } from "@/components/ui/input";
import { LazyDateRangeDialog } from "@/components/ui/lazy-date-range-dialog";
import { Select } from "@/components/ui/select";
import { endpointNames, endpoints } from "@/shared/endpoints";
import { toDay } from "@/shared/time";
import { useTRPC } from "../../../_client/trpc";
import { statusLabel } from "../../_components/request-status";
import { type Filters, readMetadata, type Span, spans } from "../_lib/filters";
import { statuses } from "../_lib/types";

interface FilterBarProps {
  filters: Filters;
  onChange: (part: Partial<Filters>) => void;
}

const MOST_KEYS = 100;
const LONGEST_DAYS = 400;
const CUSTOM = "custom";
const spanNames: Record<Span, string> = {
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
};
const today = () => toDay(new Date());

export function FilterBar({ filters, onChange }: FilterBarProps) {
  const trpc = useTRPC();
  const [choosing, setChoosing] = useState(false);
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const keys = useQuery(trpc.keys.list.queryOptions({ limit: MOST_KEYS }));
  const modelIds = new Set([...(models.data?.data.map(({ id }) => id) ?? []), filters.model ?? ""]);
  modelIds.delete("");
  const known = keys.data?.data ?? [];
  const dated = filters.from !== null && filters.to !== null;
  const chooseTime = (text: string) => {
    if (text === CUSTOM) return setChoosing(true);
    onChange({ span: spans.find((one) => one === text) ?? null, from: null, to: null });
  };
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
        <Select
          aria-label="Time"
          className="sm:w-44"
          value={dated ? CUSTOM : (filters.span ?? "")}
          onChange={(event) => chooseTime(event.currentTarget.value)}
        >
          <option value="">Any time</option>
          {spans.map((span) => (
            <option key={span} value={span}>
              {spanNames[span]}
            </option>
          ))}
          <option value={CUSTOM}>{dated ? `${filters.from} to ${filters.to}` : "Custom range"}</option>
        </Select>
        <MetadataField filters={filters} onChange={onChange} />
      </div>
      <MetadataChips filters={filters} onChange={onChange} />
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

function MetadataField({ filters, onChange }: FilterBarProps) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const entry = readMetadata(text);
    setWrong(entry === null && text.trim() !== "");
    if (entry === null) return;
    onChange({ metadata: { ...filters.metadata, [entry[0]]: entry[1] } });
    setText("");
  };
  return (
    <form onSubmit={submit} className="col-span-2 min-w-0 sm:min-w-44 sm:flex-1">
      <Input
        aria-label="Metadata"
        aria-invalid={wrong || undefined}
        aria-describedby={wrong ? "metadata-wrong" : undefined}
        placeholder="Metadata: name=value"
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
        <p id="metadata-wrong" className="mt-1 text-[13px] text-danger">
          Enter it as name=value, then press Enter.
        </p>
      )}
    </form>
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
        <li
          key={name}
          className="flex min-h-8 max-w-full items-center rounded-full bg-accent-soft pl-3 text-[13px] text-accent"
        >
          <code className="truncate">
            {name}={value}
          </code>
          <button
            type="button"
            aria-label={`Remove filter ${name}`}
            className="ml-1 flex size-8 shrink-0 items-center justify-center rounded-full hover:text-accent-strong"
            onClick={() => without(name)}
          >
            <X className="size-3.5" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
