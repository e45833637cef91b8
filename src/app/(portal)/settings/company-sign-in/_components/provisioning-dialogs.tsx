import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Dialog, DialogContent } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { useTRPC } from "../../../../_client/trpc";
import { ConfirmDialog } from "../../../_components/confirm-dialog";
import { SecretOnce } from "../../../_components/credentials/secret-once";
import type { DirectoryToken } from "../_lib/company-types";

export function CreateTokenDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
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
      >
        <SecretOnce secret={create.data.secret} label="SCIM token" noun="token" onDone={close} />
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
