"use client";

import { useState } from "react";
import { readFailure } from "../../../_client/failure";
import { signWithPasskey } from "../../../_client/passkeys";
import { type Inputs, useTRPCClient } from "../../../_client/trpc";

/** Asks the browser for a passkey and hands on what it signed, as JSON. `failure` says why there was none. */
export function usePasskey(
  purpose: Inputs["passkeys"]["startSignIn"]["purpose"],
  onSigned: (signed: string) => Promise<void>,
) {
  const client = useTRPCClient();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const ask = async () => {
    setPending(true);
    setFailure(null);
    try {
      const { options } = await client.passkeys.startSignIn.mutate({ purpose });
      await onSigned(JSON.stringify(await signWithPasskey(options)));
    } catch (error) {
      setFailure(readFailure(error).message);
    } finally {
      setPending(false);
    }
  };
  return { pending, failure, use: () => void ask() };
}
