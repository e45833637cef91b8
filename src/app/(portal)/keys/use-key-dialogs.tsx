"use client";

import { type ReactNode, useState } from "react";
import { EditKeyDialog } from "./edit-key-dialog";
import type { Key, SampleCall } from "./key";
import { RevokeKeyDialog } from "./revoke-key-dialog";
import { RotateKeyDialog } from "./rotate-key-dialog";

type Deed = "edit" | "rotate" | "revoke";

/** The dialogs of one key, for its row and its page: what opens them, and where they hang. */
export function useKeyDialogs(
  apiKey: Key,
  sample: SampleCall,
): { ask: (deed: Deed) => void; dialogs: ReactNode } {
  const [open, setOpen] = useState<Deed | null>(null);
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
