"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { enterOrganization } from "../../../_client/organization-tabs";
import { useTRPC } from "../../../_client/trpc";
import { ConfirmByNameDialog } from "../../_components/confirm-by-name-dialog";

export default function DeleteOrganizationDialog({ name, onDone }: { name: string; onDone: () => void }) {
  const trpc = useTRPC();
  const [now, setNow] = useState(false);
  const remove = useMutation(
    // A full load: everything on the page belongs to the organization that is gone.
    trpc.team.deleteOrganization.mutationOptions({
      onSuccess: () => enterOrganization(),
      meta: { refreshes: false },
    }),
  );
  return (
    <ConfirmByNameDialog
      title={`Delete ${name}?`}
      description={
        <ul className="grid list-disc gap-1 pl-4">
          <li>Its keys stop working within five seconds. Running requests finish.</li>
          <li>Its subscription ends now; there is no refund for the rest of the period.</li>
          <li>All members lose access and move to another of their organizations.</li>
          <li>
            {now
              ? "The key to its data is destroyed at once. This can’t be undone."
              : "Its data is kept, encrypted, for 30 days, after which no one can read it."}
          </li>
        </ul>
      }
      name={name}
      action="Delete organization"
      mutation={remove}
      onConfirm={(typed) => remove.mutate({ organization_name: typed, erase_now: now })}
      onDone={onDone}
    >
      <label className="flex items-start gap-2.5">
        <input
          type="checkbox"
          className="mt-1 size-4 shrink-0 accent-accent"
          checked={now}
          onChange={(event) => setNow(event.currentTarget.checked)}
        />
        Erase its data now, instead of in 30 days
      </label>
    </ConfirmByNameDialog>
  );
}
