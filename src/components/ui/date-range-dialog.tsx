"use client";

import { type FormEvent, useState } from "react";
import { isDate } from "../format/date";
import { Button } from "./button";
import { Dialog, DialogContent, DialogFooter } from "./dialog";
import { Field } from "./field";
import { Input } from "./input";

export interface DateRangeDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What the form begins with: `2026-11-01`. */
  from: string;
  to: string;
  longestDays: number;
  onChoose: (from: string, to: string) => void;
}

const DAY = 86_400_000;

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

function problemOf(from: string, to: string, longestDays: number): string | undefined {
  if (!isDate(from) || !isDate(to)) return "Give both days.";
  const days = (Date.parse(to) - Date.parse(from)) / DAY + 1;
  if (days < 1) return "The last day must not be before the first.";
  return days > longestDays ? `At most ${longestDays.toLocaleString("en-US")} days.` : undefined;
}

function DatesForm({ from, to, longestDays, onChoose }: Omit<DateRangeDialogProps, "open" | "onOpenChange">) {
  const [first, setFirst] = useState(from);
  const [last, setLast] = useState(to);
  const [tried, setTried] = useState(false);
  const problem = problemOf(first, last, longestDays);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (problem === undefined) onChoose(first, last);
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
