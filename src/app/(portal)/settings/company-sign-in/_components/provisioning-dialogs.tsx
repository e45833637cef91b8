import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { SecretField } from "@/components/ui/fields/secret-field";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../_client/trpc";
import { ConfirmDialog } from "../../../_components/confirm-dialog";
import type { DirectoryToken } from "../_lib/company-types";

export function CreateTokenDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [copied, setCopied] = useState(false);
  const create = useMutation(trpc.directory.createToken.mutationOptions());
  const close = () => {
    onDone();
    return queryClient.invalidateQueries(trpc.directory.pathFilter());
  };
  if (create.data === undefined) {
    return (
      <ConfirmDialog
        title="Create a SCIM token?"
        description="Your identity provider uses it to add and remove members and to change their roles. It opens nothing else."
        action="Create SCIM token"
        mutation={create}
        onConfirm={() => create.mutate({})}
        onDone={onDone}
      />
    );
  }
  return (
    <Dialog open>
      <DialogContent
        title="SCIM token created"
        description="Enter it at your identity provider now. You can’t see it again."
        closable={false}
        onEscapeKeyDown={(event) => event.preventDefault()}
        onInteractOutside={(event) => event.preventDefault()}
      >
        <SecretField
          secret={create.data.secret}
          label="SCIM token"
          copyLabel="Copy token"
          onCopied={() => setCopied(true)}
        />
        <DialogFooter>
          <Button onClick={close} variant={copied ? "primary" : "secondary"}>
            I’ve saved this token
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

export function RevokeTokenDialog({ token, onDone }: { token: DirectoryToken; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.directory.revokeToken.mutationOptions({
      onSuccess: () => {
        toast("SCIM token revoked", { tone: "good" });
        onDone();
        return queryClient.invalidateQueries(trpc.directory.pathFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      danger
      title="Revoke this SCIM token?"
      description={`Requests with ${token.prefix}…${token.last_four} will be refused. Members and roles stay as they are. This can’t be undone.`}
      action="Revoke SCIM token"
      mutation={revoke}
      onConfirm={() => revoke.mutate({ id: token.id })}
      onDone={onDone}
    />
  );
}
