"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/fields/select";
import { LazyDateRangeDialog } from "@/components/ui/overlays/lazy-date-range-dialog";
import { toDay } from "@/shared/time";
import { environmentNames, rangeNames } from "../_lib/labels";
import type { Cut } from "../_lib/period";
import { environments, ranges, type UsageSearch } from "../_lib/usage-search";

interface RangePickerProps {
  search: UsageSearch;
  onChange: (part: Partial<UsageSearch>) => void;
  cut: Cut;
}

const LONGEST_DAYS = 36 * 31;

/** The time and the environment. A custom range opens a form of two dates. */
export function RangePicker({ search, onChange, cut }: RangePickerProps) {
  const [choosing, setChoosing] = useState(false);
  const choose = (text: string) => {
    const range = ranges.find((one) => one === text);
    if (range === "custom") setChoosing(true);
    else if (range) onChange({ range, from: null, to: null, interval: null });
  };
  return (
    <>
      <Select
        aria-label="Environment"
        className="w-24"
        value={search.environment}
        onChange={(event) =>
          onChange({
            environment: environments.find((one) => one === event.currentTarget.value) ?? "live",
            apiKeyId: null,
          })
        }
      >
        {environments.map((one) => (
          <option key={one} value={one}>
            {environmentNames[one]}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Time"
        className="min-w-0 flex-1 sm:w-44 sm:flex-none"
        value={search.range}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {ranges.map((range) => (
          <option key={range} value={range}>
            {rangeNames[range]}
          </option>
        ))}
      </Select>
      {search.range === "custom" && (
        <Button variant="secondary" onClick={() => setChoosing(true)}>
          Change dates
        </Button>
      )}
      <LazyDateRangeDialog
        open={choosing}
        onOpenChange={setChoosing}
        from={toDay(cut.period.from)}
        to={toDay(new Date(cut.period.to.getTime() - 1))}
        longestDays={LONGEST_DAYS}
        onChoose={(from, to) => {
          setChoosing(false);
          onChange({ range: "custom", from, to, interval: null });
        }}
      />
    </>
  );
}
