"use client";

import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { RecoveryCodes } from "./recovery-codes";

interface DialogProps {
  onDone: () => void;
}

/** Shows recovery codes, and must be closed deliberately. */
export function CodesDialog({ title, codes, onDone }: DialogProps & { title: string; codes: string[] }) {
  return (
    <Dialog open>
      <DialogContent
        title={title}
        description="Each code signs you in once if you lose your app or passkey. You won’t see them again."
        closable={false}
      >
        <RecoveryCodes codes={codes} />
        <DialogFooter>
          <Button onClick={onDone}>I’ve saved the codes</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
