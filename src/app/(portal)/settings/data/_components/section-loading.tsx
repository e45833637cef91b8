import { Loading, Skeleton } from "@/components/ui/skeleton";

interface SectionLoadingProps {
  label: string;
  /** A badge above the text. */
  badge?: boolean;
  /** The text takes two lines on a phone. */
  wraps?: boolean;
  /** A button or a choice below the text. */
  action?: boolean;
  /** A small line at the end. */
  hint?: boolean;
}

/** As high as what usually comes in its place, so that the sections below stand still and nothing is held open afterwards. */
export function SectionLoading({ label, badge, wraps, action, hint }: SectionLoadingProps) {
  return (
    <Loading label={label} className="grid max-w-prose content-start gap-3">
      {badge && <Skeleton className="h-[22px] w-20 rounded-full" />}
      <Skeleton className={wraps ? "h-10 sm:h-5" : "h-5"} />
      {action && <Skeleton className="h-9 w-44 rounded-lg" />}
      {hint && <Skeleton className="h-5 w-64 max-w-full" />}
    </Loading>
  );
}
