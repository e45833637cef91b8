"use client";

import dynamic from "next/dynamic";
import { Loading, Skeleton } from "../ui/skeleton";

/** The chart, loaded with its library when it is first shown. Needs a parent of fixed height. */
export const LazyStackedBars = dynamic(() => import("./stacked-bars"), {
  ssr: false,
  loading: () => (
    <Loading label="Loading the chart" className="h-full">
      <Skeleton className="h-full rounded-lg" />
    </Loading>
  ),
});
