"use client";

import dynamic from "next/dynamic";
import { Loading, Skeleton } from "../ui/skeleton";

/** The chart with its library, loaded when there is something to draw. Give it a box of a fixed height. */
export const LazyStackedBars = dynamic(() => import("./stacked-bars"), {
  ssr: false,
  loading: () => (
    <Loading label="Loading the chart" className="h-full">
      <Skeleton className="h-full rounded-lg" />
    </Loading>
  ),
});
