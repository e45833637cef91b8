import { formatDay } from "@/shared/format/time";

/** Where a list of the console ends that reads the audit log. Null while nothing is in the archive. */
export function ArchiveBorder({ reachesBackTo }: { reachesBackTo: string | null }) {
  if (reachesBackTo === null) return null;
  return (
    <p className="mt-4 text-[13px] text-muted">
      This reaches back to {formatDay(new Date(reachesBackTo))} (UTC). Earlier entries are in each
      organization’s archive, for seven years: its owners export them.
    </p>
  );
}
