"use client";

import { useEffect } from "react";

const HOUR_MS = 3_600_000;

/**
 * A session ends after 30 days without use, and in any case after its life (`session-life.ts`). Asking for it is what counts as use: it moves its end and the cookie's, and
 * "last seen" with them.
 */
export function KeepSession() {
  useEffect(() => {
    const touch = () => {
      // Nothing is lost when it fails: the next page, or the next hour, asks again.
      void fetch("/api/auth/session").catch(() => undefined);
    };
    touch();
    const timer = setInterval(touch, HOUR_MS);
    return () => clearInterval(timer);
  }, []);
  return null;
}
