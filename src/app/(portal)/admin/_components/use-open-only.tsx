"use client";

import { parseAsStringLiteral, useQueryState } from "nuqs";
import { Segments } from "@/components/ui/fields/segments";

const options = [
  { value: "open", label: "Open" },
  { value: "all", label: "All" },
] as const;

/** Whether a list shows only open items, kept in the URL, and the control that switches it. */
export function useOpenOnly(legend: string) {
  const [show, setShow] = useQueryState("show", parseAsStringLiteral(["open", "all"]).withDefault("open"));
  return {
    open: show === "open",
    control: (
      <Segments legend={legend} value={show} options={options} onChange={(value) => void setShow(value)} />
    ),
  };
}
