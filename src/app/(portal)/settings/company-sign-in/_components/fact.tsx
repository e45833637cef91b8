import { CopyButton } from "@/components/ui/code/copy-button";
import { Skeleton } from "@/components/ui/skeleton";

/** One value of a description list, to be read or copied. */
export function Fact({ name, value, copy }: { name: string; value: string; copy?: string }) {
  return (
    <div>
      <dt className="text-[13px] text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <code className="min-w-0 break-all text-[13px]">{value}</code>
        {copy && <CopyButton text={value} label={copy} />}
      </dd>
    </div>
  );
}

/** As high as a value that can be copied. */
export const FactSkeleton = () => (
  <div className="grid h-13 content-evenly">
    <Skeleton className="w-40" />
    <Skeleton className="w-72 max-w-full" />
  </div>
);
