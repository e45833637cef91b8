"use client";

import { useSyncExternalStore } from "react";
import { formatExact, formatExactUtc, formatRelative } from "@/shared/format/time";

const TICK_MS = 30_000;
const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for every time on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const notify of listeners) notify();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const currentTime = () => {
  if (now === 0) now = Date.now();
  return now;
};

/** Relative, with the exact time on hover. The server, which does not know the reader's zone, writes UTC. */
export function RelativeTime({ iso, className }: { iso: string; className?: string }) {
  const time = new Date(iso);
  const clock = useSyncExternalStore(subscribe, currentTime, () => 0);
  const known = clock !== 0;
  return (
    <time dateTime={iso} title={known ? formatExact(time) : formatExactUtc(time)} className={className}>
      {known ? formatRelative(time, new Date(Math.max(clock, 0))) : formatExactUtc(time)}
    </time>
  );
}

/** The exact time in the reader's zone. */
export function ExactTime({ iso, className }: { iso: string; className?: string }) {
  const time = new Date(iso);
  const inBrowser = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  return (
    <time dateTime={iso} title={formatExactUtc(time)} className={className}>
      {inBrowser ? formatExact(time) : formatExactUtc(time)}
    </time>
  );
}
