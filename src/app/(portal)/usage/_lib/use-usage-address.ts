"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { readAddress, type UsageAddress, writeAddress } from "./usage-address";

/** The page's state is its address. Each choice is a step that the back button undoes; nothing is loaded for it but data. */
export function useUsageAddress(): [UsageAddress, (part: Partial<UsageAddress>) => void] {
  const path = usePathname();
  const search = useSearchParams();
  const address = readAddress((name) => search.get(name));
  const change = (part: Partial<UsageAddress>) => {
    // The address itself, not the last drawing of it: two quick choices must both stand.
    const now = new URLSearchParams(window.location.search);
    const next = { ...readAddress((name) => now.get(name)), ...part };
    window.history.pushState(null, "", `${path}${writeAddress(next)}`);
  };
  return [address, change];
}
