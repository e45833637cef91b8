"use client";

import { useEffect, useState } from "react";

const TICK_MS = 100;

/** Seconds since a time, counting. Hidden from screen readers, which would read every tick. */
export function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, now - Date.parse(since)) / 1000;
  return (
    <span aria-hidden="true" className="num font-mono text-[13px]">
      {seconds.toFixed(1)} s
    </span>
  );
}
