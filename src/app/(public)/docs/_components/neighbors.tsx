"use client";

import { ArrowLeft, ArrowRight } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { guides } from "../_lib/guides";

const card =
  "grid gap-0.5 rounded-lg border bg-surface p-4 transition-colors hover:border-edge hover:bg-sunken/60";

/** The guides before and after this one. */
export function Neighbors() {
  const path = usePathname();
  const index = guides.findIndex(({ href }) => href === path);
  const before = guides[index - 1];
  const after = index === -1 ? undefined : guides[index + 1];
  return (
    <nav aria-label="Previous and next" className="mt-16 grid gap-3 text-sm/5 sm:grid-cols-2">
      {before && (
        <Link href={before.href} rel="prev" className={card}>
          <span className="flex items-center gap-1.5 text-[13px] text-muted">
            <ArrowLeft className="size-3.5" aria-hidden="true" />
            Previous
          </span>
          <span className="font-medium">{before.label}</span>
        </Link>
      )}
      {after && (
        <Link href={after.href} rel="next" className={`${card} justify-items-end text-right sm:col-start-2`}>
          <span className="flex items-center gap-1.5 text-[13px] text-muted">
            Next
            <ArrowRight className="size-3.5" aria-hidden="true" />
          </span>
          <span className="font-medium">{after.label}</span>
        </Link>
      )}
    </nav>
  );
}
