"use client";

import dynamic from "next/dynamic";
import { Button } from "@/components/ui/button";

/** Most readers have verified their email, so its script is not among that of all. As large before it has come as after. */
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
