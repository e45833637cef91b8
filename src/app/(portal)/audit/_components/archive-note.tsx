import { formatDay } from "@/shared/format/time";

interface ArchiveNoteProps {
  /** Null while nothing is in the archive. */
  reachesBackTo: string | null;
  /** Where the chosen period begins. */
  from: string | undefined;
}

/** Where the list ends: what is earlier is exported. */
export function ArchiveNote({ reachesBackTo, from }: ArchiveNoteProps) {
  if (reachesBackTo === null || (from !== undefined && Date.parse(from) >= Date.parse(reachesBackTo)))
    return null;
  return (
    <p className="mt-4 text-[13px] text-muted">
      Entries from before {formatDay(new Date(reachesBackTo))} (UTC) are in the archive, for seven years. To
      read them, choose their dates above and export them.
    </p>
  );
}
