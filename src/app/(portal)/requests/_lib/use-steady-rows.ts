"use client";

import { type FocusEvent, type PointerEvent, useState } from "react";
import { steadyRows } from "./steady-rows";

/** `steadyRows` while a mouse or the keyboard's focus is in the list. Put `holdProps` on what surrounds it. */
export function useSteadyRows<Item extends { id: string }>(items: Item[]) {
  const [newestShown, setNewestShown] = useState<string | null>(null);
  const newest = items[0]?.id ?? null;
  const hold = () => setNewestShown((held) => held ?? newest);
  const release = () => setNewestShown(null);
  return {
    ...steadyRows(items, newestShown),
    showAll: () => setNewestShown(newestShown === null ? null : newest),
    release,
    holdProps: {
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
