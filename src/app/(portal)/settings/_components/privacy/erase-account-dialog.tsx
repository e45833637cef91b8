"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../../../../_client/trpc";
import { ConfirmByNameDialog } from "../../../_components/confirm-by-name-dialog";

export default function EraseAccountDialog({ email, onDone }: { email: string; onDone: () => void }) {
  const trpc = useTRPC();
  const erase = useMutation(
    trpc.erasures.eraseAccount.mutationOptions({
      // A full load: there is no session any more.
      onSuccess: ({ receipt }) => window.location.assign(`/erased#${receipt}`),
      meta: { refreshes: false },
    }),
  );
  return (
    <ConfirmByNameDialog
      title="Erase your account?"
      description={
        <ul className="grid list-disc gap-1 pl-4">
          <li>
            The key to your data is destroyed at once. This can’t be undone, and no backup brings it back.
          </li>
          <li>
            Your personal organization is erased with its requests, and its subscription ends without a
            refund.
          </li>
          <li>You leave your other organizations. Keys you created there stop working.</li>
          <li>You’re signed out everywhere. We email you a link to the certificate.</li>
        </ul>
      }
      name={email}
      isNamed={(typed) => typed.trim().toLowerCase() === email.toLowerCase()}
      action="Erase account"
      mutation={erase}
      onConfirm={(typed) => erase.mutate({ email: typed })}
      onDone={onDone}
    />
  );
}
