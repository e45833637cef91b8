"use client";

import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";

/** Wraps a page whose state is in its URL (nuqs). `order` is that of the parameters, whichever was chosen first. */
export function UrlState({ order, children }: { order: readonly string[]; children: ReactNode }) {
  const inOrder = (search: URLSearchParams) =>
    new URLSearchParams([...search].sort(([one], [other]) => order.indexOf(one) - order.indexOf(other)));
  return <NuqsAdapter processUrlSearchParams={inOrder}>{children}</NuqsAdapter>;
}
