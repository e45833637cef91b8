import { Loading, Skeleton } from "@/components/ui/skeleton";

/** As high as the loaded page, so that nothing shifts. */
export function UsageSkeleton() {
  return (
    <Loading label="Loading your usage">
      <div className="mb-4 grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 lg:grid-cols-5">
        {[0, 1, 2, 3, 4].map((figure) => (
          <div
            key={figure}
            className="grid gap-2.5 bg-surface p-4 last:max-lg:sm:col-span-2 last:max-sm:col-span-2"
          >
            <Skeleton className="h-3.5 w-16" />
            <Skeleton className="h-6 w-28" />
            <Skeleton className="h-3.5 w-20" />
          </div>
        ))}
      </div>
      <div className="rounded-lg border bg-surface">
        <div className="flex gap-2 border-b p-3">
          <Skeleton className="h-9 w-64" />
          <Skeleton className="h-9 w-36" />
        </div>
        <div className="p-4">
          <Skeleton className="h-72" />
          <Skeleton className="mt-3 h-5 w-80 max-w-full" />
        </div>
      </div>
    </Loading>
  );
}
