"use client";

import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { leaveFor } from "../../../_client/use-zod-form";
import { signInWithPasskey } from "../../_lib/sign-in-with-password";
import { usePasskey } from "./use-passkey";

/** Signs in with a passkey alone: neither an email nor a password is entered. */
export function PasskeyButton({ next }: { next: string }) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const passkey = usePasskey("sign_in", async (signed) => {
    setRefusal(null);
    const refused = await signInWithPasskey(signed);
    if (refused === null) await leaveFor(next);
    else setRefusal(refused.message);
  });
  const reason = passkey.failure ?? refusal;
  return (
    <div className="mt-3 grid gap-3">
      <Button variant="secondary" className="h-10" pending={passkey.pending} onClick={passkey.use}>
        <KeyRound aria-hidden="true" />
        Sign in with a passkey
      </Button>
      {reason && <Notice tone="danger">{reason}</Notice>}
    </div>
  );
}
