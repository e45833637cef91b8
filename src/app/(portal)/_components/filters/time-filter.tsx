"use client";

import { useState } from "react";
import { Select } from "@/components/ui/fields/select";
import { LazyDateRangeDialog } from "@/components/ui/overlays/lazy-date-range-dialog";
import { toDay } from "@/shared/time";

/** Back from now, or two dates (both included, UTC); all null is any time. */
interface Times<S extends string> {
  span: S | null;
  from: string | null;
  to: string | null;
}

interface TimeFilterProps<S extends string> {
  times: Times<S>;
  /** Their names, in the order of the list. */
  spanNames: Record<S, string>;
  spans: readonly S[];
  onChange: (times: Times<S>) => void;
}

const CUSTOM = "custom";
const LONGEST_DAYS = 400;
const today = () => toDay(new Date());

export function TimeFilter<S extends string>({ times, spans, spanNames, onChange }: TimeFilterProps<S>) {
  const [choosing, setChoosing] = useState(false);
  const { span: chosen, from, to } = times;
  const dated = from !== null && to !== null;
  const choose = (text: string) => {
    if (text === CUSTOM) return setChoosing(true);
    onChange({ span: spans.find((one) => one === text) ?? null, from: null, to: null });
  };
  return (
    <>
      <Select
        aria-label="Time"
        className="sm:w-44"
        value={dated ? CUSTOM : (chosen ?? "")}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">Any time</option>
        {spans.map((span) => (
          <option key={span} value={span}>
            {spanNames[span]}
          </option>
        ))}
        <option value={CUSTOM}>{dated ? `${from} to ${to}` : "Custom range"}</option>
      </Select>
      <LazyDateRangeDialog
        open={choosing}
        onOpenChange={setChoosing}
        from={from ?? today()}
        to={to ?? today()}
        longestDays={LONGEST_DAYS}
        onChoose={(first, last) => {
          setChoosing(false);
          onChange({ span: null, from: first, to: last });
        }}
      />
    </>
  );
}
