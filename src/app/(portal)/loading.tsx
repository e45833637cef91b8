import { Loading, Skeleton } from "@/components/ui/skeleton";

export default function PortalLoading() {
  return (
    <Loading label="Loading the page" className="grid gap-6">
      <Skeleton className="h-7 w-40" />
      <Skeleton className="h-64 rounded-lg" />
    </Loading>
  );
}
