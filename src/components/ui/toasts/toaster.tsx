"use client";

import dynamic from "next/dynamic";
import { useSyncExternalStore } from "react";
import { toastStore } from "./toast-store";

const Toasts = dynamic(() => import("./toasts").then((module) => module.Toasts), { ssr: false });

/** Loads the toasts' code with the first message. */
export function Toaster() {
  const any = useSyncExternalStore(
    toastStore.subscribe,
    () => toastStore.current().length > 0,
    () => false,
  );
  return any ? <Toasts /> : null;
}
