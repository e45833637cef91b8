"use client";

import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";

/** Loaded when it is first opened: most visits never open it. */
const CommandPalette = dynamic(() => import("./command-palette").then((module) => module.CommandPalette), {
  ssr: false,
});

let isOpen = false;
const listeners = new Set<() => void>();

/** Whether the palette is open: shared by the keyboard shortcut and the buttons in the sidebar and the top bar. */
const paletteStore = {
  set(next: boolean) {
    isOpen = next;
    for (const notify of listeners) notify();
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  },
  current: () => isOpen,
};

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

const never = () => () => {};
const onMac = () => /Mac|iPhone|iPad/.test(navigator.userAgent);
const openPalette = () => paletteStore.set(true);

export function CommandButton({ compact = false }: { compact?: boolean }) {
  const mac = useSyncExternalStore(never, onMac, () => false);
  if (compact) {
    return (
      <Button variant="ghost" size="icon" aria-label="Search or jump to" onClick={openPalette}>
        <Search aria-hidden="true" />
      </Button>
    );
  }
  return (
    <button
      type="button"
      onClick={openPalette}
      aria-keyshortcuts={mac ? "Meta+K" : "Control+K"}
      className="flex h-9 w-full items-center gap-2.5 rounded-lg border bg-surface px-3 text-muted transition-colors hover:bg-sunken hover:text-ink"
    >
      <Search className="size-4 shrink-0" aria-hidden="true" />
      <span className="flex-1 text-left">Jump to…</span>
      <kbd className="text-xs">{mac ? "⌘K" : "Ctrl K"}</kbd>
    </button>
  );
}
