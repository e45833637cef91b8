import { Loading, Skeleton } from "@/components/ui/skeleton";

/** The bones of a table of the console. */
export function RowsSkeleton({ label }: { label: string }) {
  return (
    <Loading label={label} className="grid gap-px overflow-hidden rounded-lg border bg-line">
      {[0, 1, 2].map((row) => (
        <div key={row} className="grid gap-2 bg-surface p-4">
          <Skeleton className="w-40" />
          <Skeleton className="w-56" />
        </div>
      ))}
    </Loading>
  );
}
