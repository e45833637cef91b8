import { ChevronRight } from "lucide-react";
import Link from "next/link";

export interface Parent {
  href: string;
  label: string;
}

/** Links from a detail page back to its list. */
export function Breadcrumbs({ parents, here }: { parents: readonly Parent[]; here: string }) {
  return (
    <nav aria-label="Breadcrumb" className="mb-2 text-[13px] text-muted">
      <ol className="flex flex-wrap items-center gap-1">
        {parents.map(({ href, label }) => (
          <li key={href} className="flex items-center gap-1">
            <Link href={href} className="rounded-sm underline-offset-4 hover:text-ink hover:underline">
              {label}
            </Link>
            <ChevronRight className="size-3.5" aria-hidden="true" />
          </li>
        ))}
        <li aria-current="page" className="min-w-0 truncate">
          {here}
        </li>
      </ol>
    </nav>
  );
}
