"use client";

import dynamic from "next/dynamic";
import { useSyncExternalStore } from "react";
import { stepUpStore } from "../../_client/step-up";

const StepUpDialog = dynamic(() => import("./step-up-dialog").then((module) => module.StepUpDialog), {
  ssr: false,
});

/** Loads the dialog's code with the first call that asks for it. */
export function StepUpHost() {
  const asked = useSyncExternalStore(stepUpStore.subscribe, stepUpStore.isAsked, () => false);
  return asked ? <StepUpDialog /> : null;
}
