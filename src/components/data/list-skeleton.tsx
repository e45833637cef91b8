import { Loading, Skeleton } from "../ui/skeleton";

interface ListSkeletonProps {
  /** For screen readers: "Loading your keys". */
  label: string;
  rows?: number;
}

/** The place of a list table while it loads. */
export function ListSkeleton({ label, rows = 3 }: ListSkeletonProps) {
  return (
    <Loading label={label} className="grid gap-px overflow-hidden rounded-lg border bg-line">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className="flex items-center justify-between gap-4 bg-surface p-4">
          <span className="grid gap-2">
            <Skeleton className="w-40" />
            <Skeleton className="w-56 max-w-full" />
          </span>
          <Skeleton className="w-24" />
        </div>
      ))}
    </Loading>
  );
}
