"use client";

import { useEffect, useRef } from "react";

/** ⌘ or Ctrl with Enter sends and Escape stops, wherever the focus is, unless a dialog or a menu is open. */
export function useShortcuts(actions: { send: () => void; stop: () => void }): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || layerIsOpen()) return;
      if (event.key === "Escape") latest.current.stop();
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      latest.current.send();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** A closed layer may stay in the document, as a popover does, so only visible ones count. */
function layerIsOpen(): boolean {
  return [...document.querySelectorAll(LAYERS)].some((layer) => layer.checkVisibility());
}

const LAYERS = '[role="dialog"], [role="alertdialog"], [role="menu"]';
