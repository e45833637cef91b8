"use client";

import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { Cut } from "./period";
import { isDate, ranges, type UsageAddress } from "./usage-address";
import { environmentNames, rangeNames } from "./words";

interface RangePickerProps {
  address: UsageAddress;
  onChange: (part: Partial<UsageAddress>) => void;
  cut: Cut;
}

const LONGEST_DAYS = 36 * 30;
const DAY = 86_400_000;
const toDate = (at: Date) => at.toISOString().slice(0, 10);

/** The time and the environment. A custom range opens a form of two dates. */
export function RangePicker({ address, onChange, cut }: RangePickerProps) {
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
        value={address.environment}
        onChange={(event) =>
          onChange({ environment: event.currentTarget.value === "test" ? "test" : "live", apiKeyId: null })
        }
      >
        <option value="live">{environmentNames.live}</option>
        <option value="test">{environmentNames.test}</option>
      </Select>
      <Select
        aria-label="Time"
        className="min-w-0 flex-1 sm:w-44 sm:flex-none"
        value={address.range}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {ranges.map((range) => (
          <option key={range} value={range}>
            {rangeNames[range]}
          </option>
        ))}
      </Select>
      {address.range === "custom" && (
        <Button variant="secondary" onClick={() => setChoosing(true)}>
          Change dates
        </Button>
      )}
      <Dialog open={choosing} onOpenChange={setChoosing}>
        {choosing && (
          <DialogContent title="Custom range" description="Whole days in UTC, both included.">
            <DatesForm
              from={toDate(cut.period.from)}
              to={toDate(new Date(cut.period.to.getTime() - 1))}
              onChoose={(from, to) => {
                onChange({ range: "custom", from, to, interval: null });
                setChoosing(false);
              }}
            />
          </DialogContent>
        )}
      </Dialog>
    </>
  );
}

function DatesForm({
  from,
  to,
  onChoose,
}: {
  from: string;
  to: string;
  onChoose: (from: string, to: string) => void;
}) {
  const [first, setFirst] = useState(from);
  const [last, setLast] = useState(to);
  const [tried, setTried] = useState(false);
  const days = (Date.parse(last) - Date.parse(first)) / DAY;
  let problem: string | undefined;
  if (!isDate(first) || !isDate(last)) problem = "Give both dates.";
  else if (days < 0) problem = "The last day must not be before the first.";
  else if (days > LONGEST_DAYS) problem = "A range is at most three years long.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem === undefined) onChoose(first, last);
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <div className="grid grid-cols-2 gap-3">
        <Field label="First day">
          {(control) => (
            <Input
              {...control}
              type="date"
              value={first}
              onChange={(event) => setFirst(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Last day" error={tried ? problem : undefined}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={last}
              onChange={(event) => setLast(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      <DialogFooter>
        <Button type="submit">Show range</Button>
      </DialogFooter>
    </form>
  );
}
