"use client";

import dynamic from "next/dynamic";
import { useEffect, useSyncExternalStore } from "react";
import { paletteStore } from "./palette-store";

/** Loaded when it is first asked for: most visits never open it. */
const CommandPalette = dynamic(() => import("./command-palette").then((module) => module.CommandPalette), {
  ssr: false,
});

/** Opens by ⌘K or Ctrl+K anywhere in the portal. */
export function CommandMenu() {
  const open = useSyncExternalStore(paletteStore.subscribe, paletteStore.current, () => false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      if (event.altKey || event.shiftKey) return;
      event.preventDefault();
      paletteStore.set(!paletteStore.current());
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return open ? <CommandPalette onClose={() => paletteStore.set(false)} /> : null;
}
