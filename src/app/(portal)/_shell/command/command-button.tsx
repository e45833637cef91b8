"use client";

import { Search } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { paletteStore } from "./palette-store";

const never = () => () => {};
const onMac = () => /Mac|iPhone|iPad/.test(navigator.userAgent);
const open = () => paletteStore.set(true);

export function CommandButton({ compact = false }: { compact?: boolean }) {
  const mac = useSyncExternalStore(never, onMac, () => false);
  if (compact) {
    return (
      <Button variant="ghost" size="icon" aria-label="Search or jump to" onClick={open}>
        <Search aria-hidden="true" />
      </Button>
    );
  }
  return (
    <button
      type="button"
      onClick={open}
      aria-keyshortcuts={mac ? "Meta+K" : "Control+K"}
      className="flex h-9 w-full items-center gap-2.5 rounded-lg border bg-surface px-3 text-muted transition-colors hover:bg-sunken hover:text-ink"
    >
      <Search className="size-4 shrink-0" aria-hidden="true" />
      <span className="flex-1 text-left">Jump to…</span>
      <kbd className="text-xs">{mac ? "⌘K" : "Ctrl K"}</kbd>
    </button>
  );
}
