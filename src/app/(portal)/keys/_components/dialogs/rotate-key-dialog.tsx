"use client";

import { useMutation } from "@tanstack/react-query";
import { Dialog, DialogContent } from "@/components/ui/overlays/dialog";
import { useTRPC } from "../../../../_client/trpc";
import { RotateForm } from "../../../_components/credentials/rotate-form";
import type { Key, SampleCall } from "../../_lib/key";
import { useRefreshKeys } from "../../_lib/key-queries";
import { SecretPanel } from "./secret-panel";

export function RotateKeyDialog({
  apiKey,
  sample,
  onDone,
}: {
  apiKey: Key;
  sample: SampleCall;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefreshKeys();
  const rotate = useMutation(trpc.keys.rotate.mutationOptions());
  const replacement = rotate.data;

  // Refreshed only at the end: a row whose status changed would unmount this dialog.
  const finish = () => {
    onDone();
    void refresh();
  };

  return (
    <Dialog open onOpenChange={(open) => !open && !rotate.isPending && finish()}>
      {replacement ? (
        <DialogContent
          title={`New key for ${apiKey.name}`}
          description="Copy the key now. You can’t see it again."
          closable={false}
          className="max-w-xl"
        >
          <SecretPanel created={replacement} sample={sample} onDone={finish} />
        </DialogContent>
      ) : (
        <DialogContent
          title={`Rotate ${apiKey.name}`}
          description="Creates a replacement key with the same limits. Choose how long the old key keeps working."
        >
          <RotateForm
            noun="key"
            endsAtOnce="The old key stops at once."
            action="Rotate now"
            mutation={rotate}
            onRotate={(grace) => rotate.mutate({ id: apiKey.id, grace })}
            onCancel={finish}
          />
        </DialogContent>
      )}
    </Dialog>
  );
}
