"use client";

import dynamic from "next/dynamic";
import type { DateRangeDialogProps } from "./date-range-dialog";

const Loaded = dynamic(() => import("./date-range-dialog").then((module) => module.DateRangeDialog), {
  ssr: false,
});

/** The dialog, loaded when it is first opened. */
export function LazyDateRangeDialog(props: DateRangeDialogProps) {
  return props.open ? <Loaded {...props} /> : null;
}
