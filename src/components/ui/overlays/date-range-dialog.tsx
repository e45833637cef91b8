"use client";

import { type FormEvent, useState } from "react";
import { formatDay } from "@/shared/format/time";
import { formatLastDay, readDayRange } from "@/shared/typed/day";
import { Button } from "../button";
import { Field } from "../fields/field";
import { Input } from "../fields/input";
import { Dialog, DialogContent, DialogFooter } from "./dialog";

export interface DateRangeDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The initial days: `2026-11-01`. */
  from: string;
  to: string;
  longestDays: number;
  onChoose: (from: string, to: string) => void;
}

/** Two days, both included. */
export function DateRangeDialog({ open, onOpenChange, ...form }: DateRangeDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent title="Custom range" description="Whole days in UTC, both included.">
        <DatesForm {...form} />
      </DialogContent>
    </Dialog>
  );
}

function DatesForm({ from, to, longestDays, onChoose }: Omit<DateRangeDialogProps, "open" | "onOpenChange">) {
  const [first, setFirst] = useState(from);
  const [last, setLast] = useState(to);
  const [tried, setTried] = useState(false);
  const range = readDayRange(first, last, { longestDays });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (range.problem === undefined) onChoose(first, last);
  };
  return (
    <form onSubmit={submit} noValidate>
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
        <Field label="Last day" error={tried ? range.problem : undefined}>
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
      <output className="num mt-3 block min-h-5 text-[13px] text-muted">
        {range.value && `From ${formatDay(range.value.from)} through ${formatLastDay(range.value.to)}, UTC`}
      </output>
      <DialogFooter>
        <Button type="submit">Show range</Button>
      </DialogFooter>
    </form>
  );
}
