"use client";

import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";

/** Loaded only where it is shown, since most readers have verified their email. The placeholder has its final size. */
export const LazyResendButton = dynamic(
  () => import("../../_components/resend-button").then((file) => file.ResendButton),
  {
    loading: () => (
      <Button variant="secondary" size="sm" disabled>
        Resend email
      </Button>
    ),
  },
);
