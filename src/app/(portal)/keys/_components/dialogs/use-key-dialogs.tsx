"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import type { Key, SampleCall } from "../../_lib/key";

// Loaded when first opened.
const EditKeyDialog = dynamic(() => import("./edit-key-dialog").then((file) => file.EditKeyDialog), {
  ssr: false,
});
const RotateKeyDialog = dynamic(() => import("./rotate-key-dialog").then((file) => file.RotateKeyDialog), {
  ssr: false,
});
const RevokeKeyDialog = dynamic(() => import("./revoke-key-dialog").then((file) => file.RevokeKeyDialog), {
  ssr: false,
});

type KeyAction = "edit" | "rotate" | "revoke";

/** The dialogs of one key, for its row and its page. Render `dialogs`; `ask` opens one. */
export function useKeyDialogs(
  apiKey: Key,
  sample: SampleCall,
): { ask: (action: KeyAction) => void; dialogs: ReactNode } {
  const [open, setOpen] = useState<KeyAction | null>(null);
  const close = () => setOpen(null);
  return {
    ask: setOpen,
    dialogs: (
      <>
        {open === "edit" && <EditKeyDialog apiKey={apiKey} onDone={close} />}
        {open === "rotate" && <RotateKeyDialog apiKey={apiKey} sample={sample} onDone={close} />}
        {open === "revoke" && <RevokeKeyDialog apiKey={apiKey} onDone={close} />}
      </>
    ),
  };
}
