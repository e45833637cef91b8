import { Loading, Skeleton } from "@/components/ui/skeleton";

/** As high as the loaded page, so that nothing shifts. */
export function OverviewSkeleton() {
  return (
    <Loading label="Loading the overview" className="grid gap-4">
      <div className="grid gap-4 lg:grid-cols-[minmax(0,25rem)_minmax(0,1fr)]">
        <div className="rounded-lg border bg-surface">
          <div className="flex h-12 items-center border-b px-4">
            <Skeleton className="w-32" />
          </div>
          <div className="flex items-center gap-5 p-5">
            <Skeleton className="size-28 shrink-0 rounded-full sm:size-36" />
            <div className="grid flex-1 gap-3">
              <Skeleton className="h-7 w-28" />
              <Skeleton className="w-20" />
              <Skeleton className="h-8" />
            </div>
          </div>
        </div>
        <div className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line">
          {[0, 1, 2, 3].map((figure) => (
            <div key={figure} className="grid content-between gap-3 bg-surface p-4">
              <Skeleton className="h-3.5 w-24" />
              <Skeleton className="h-7 w-20" />
              <Skeleton className="h-7 w-28 max-w-full" />
            </div>
          ))}
        </div>
      </div>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,25rem)]">
        <Skeleton className="h-96 rounded-lg" />
        <Skeleton className="h-96 rounded-lg" />
      </div>
    </Loading>
  );
}
