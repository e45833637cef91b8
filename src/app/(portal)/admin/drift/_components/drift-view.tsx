"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { RelativeTime } from "@/components/format/relative-time";
import { EmptyState } from "@/components/ui/empty-state";
import { Select } from "@/components/ui/fields/select";
import { isDay } from "@/shared/time";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { DriftTable } from "./drift-table";

type Drift = Outputs["operators"]["usageDrift"];

/** The ledger beside what OpenAI counted, a day at a time. */
export function DriftView() {
  const trpc = useTRPC();
  const [asked, setDay] = useQueryState("day", parseAsString);
  const day = isDay(asked) ? asked : undefined;
  const query = useQuery(
    trpc.operators.usageDrift.queryOptions({ ...(day && { day }) }, { placeholderData: keepPreviousData }),
  );
  const days = query.data?.days ?? [];
  return (
    <>
      <PageHeader
        title="Usage drift"
        actions={
          days.length > 0 && (
            <DaySelect
              days={days}
              value={query.data?.shown?.day ?? ""}
              onChange={(value) => void setDay(value)}
            />
          )
        }
      >
        Every day, our ledger is compared with the tokens and costs that OpenAI counted for our accounts.
      </PageHeader>
      {query.isPending && <ListSkeleton label="Loading the comparison" />}
      {query.isError && <RetryNotice query={query} title="Couldn’t load the comparison" />}
      {query.data && <Shown drift={query.data} />}
    </>
  );
}

interface DaySelectProps {
  days: Drift["days"];
  value: string;
  onChange: (day: string) => void;
}

function DaySelect({ days, value, onChange }: DaySelectProps) {
  return (
    <Select
      aria-label="Day"
      className="sm:w-64"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      {value === "" && <option value="">Choose a day</option>}
      {days.map(({ day, differences }) => (
        <option key={day} value={day}>
          {day}, {differenceCount(differences)}
        </option>
      ))}
    </Select>
  );
}

function Shown({ drift: { days, shown } }: { drift: Drift }) {
  if (days.length === 0) {
    return (
      <EmptyState title="Nothing compared yet">
        Days appear here once a worker has <code>OPENAI_ADMIN_KEY</code>, an admin key that can read OpenAI’s
        usage. Gemini and DeepSeek don’t offer such an API.
      </EmptyState>
    );
  }
  if (shown === null) {
    return <EmptyState title="Not compared">Choose a day from the list.</EmptyState>;
  }
  return (
    <>
      <p className="mb-4 text-muted first-letter:uppercase">
        {shown.lines.length === 0
          ? "Neither side counted anything on this day"
          : differenceCount(shown.differences)}
        , compared <RelativeTime iso={shown.compared_at} />.
      </p>
      {shown.lines.length > 0 && <DriftTable lines={shown.lines} />}
    </>
  );
}

function differenceCount(count: number): string {
  if (count === 0) return "no differences";
  return count === 1 ? "1 difference" : `${count} differences`;
}
