"use client";

import { type FocusEvent, type PointerEvent, useState } from "react";

/** Holds new rows back while the mouse or focus is in the list. Put `pauseProps` on the element around it. */
export function useStableRows<Item extends { id: string }>(items: Item[]) {
  const [newestShown, setNewestShown] = useState<string | null>(null);
  const newest = items[0]?.id ?? null;
  const hold = () => setNewestShown((held) => held ?? newest);
  const release = () => setNewestShown(null);
  return {
    ...splitNewRows(items, newestShown),
    showAll: () => setNewestShown(newestShown === null ? null : newest),
    release,
    pauseProps: {
      onPointerEnter: (event: PointerEvent) => event.pointerType === "mouse" && hold(),
      onPointerLeave: (event: PointerEvent) => {
        if (!event.currentTarget.contains(document.activeElement)) release();
      },
      onFocus: hold,
      onBlur: (event: FocusEvent) => {
        const stays =
          event.currentTarget.contains(event.relatedTarget) || event.currentTarget.matches(":hover");
        if (!stays) release();
      },
    },
  };
}

interface Row {
  /** Sorts by time, as our IDs do. */
  id: string;
}

interface SplitRows<Item> {
  shown: Item[];
  /** How many newer ones wait above. */
  waiting: number;
}

/** Splits off the rows newer than `newestShown`. The rest keep their positions and still update. */
export function splitNewRows<Item extends Row>(items: Item[], newestShown: string | null): SplitRows<Item> {
  if (newestShown === null) return { shown: items, waiting: 0 };
  const shown = items.filter(({ id }) => id <= newestShown);
  return { shown, waiting: items.length - shown.length };
}
