"use client";

import { useMutation } from "@tanstack/react-query";
import { DialogContent } from "@/components/ui/overlays/dialog";
import { useTRPC } from "../../../../_client/trpc";
import type { SampleCall } from "../../_lib/key";
import { useRefreshKeys } from "../../_lib/key-queries";
import { CreateKeyForm } from "../form/create-key-form";
import { SecretPanel } from "./secret-panel";

export function CreateKeyDialog({ sample, onDone }: { sample: SampleCall; onDone: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshKeys();
  const create = useMutation(trpc.keys.create.mutationOptions({ onSuccess: refresh }));
  const created = create.data;
  const finish = () => {
    create.reset();
    onDone();
  };

  if (created) {
    return (
      <DialogContent
        title={`${created.name} created`}
        description="Copy the key now. You can’t see it again."
        closable={false}
        className="max-w-xl"
      >
        <SecretPanel created={created} sample={sample} onDone={finish} />
      </DialogContent>
    );
  }
  return (
    <DialogContent title="Create key" description="Name it after the program that will use it.">
      <CreateKeyForm onSubmit={(input) => create.mutateAsync(input)} onCancel={finish} />
    </DialogContent>
  );
}
