"use client";

import { useEffect, useRef } from "react";

/** ⌘ or Ctrl with Enter sends and Escape stops, wherever the focus is; in a dialog or a menu the keys are its own. */
export function useShortcuts(deeds: { send: () => void; stop: () => void }): void {
  const latest = useRef(deeds);
  useEffect(() => {
    latest.current = deeds;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isLayered()) return;
      if (event.key === "Escape") latest.current.stop();
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      latest.current.send();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** One that is closed may stay in the document, as a popover does. */
function isLayered(): boolean {
  return [...document.querySelectorAll(LAYERS)].some((layer) => layer.checkVisibility());
}

const LAYERS = '[role="dialog"], [role="alertdialog"], [role="menu"]';
