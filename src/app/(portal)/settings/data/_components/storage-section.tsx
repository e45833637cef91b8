"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Segments } from "@/components/ui/fields/segments";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../../_client/failure";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { type Me, MeGate, SettingsSection } from "../../_components/settings-section";
import { useKeepsNothing } from "../_lib/use-keeps-nothing";
import { SectionLoading } from "./section-loading";

type Storage = Outputs["account"]["storage"]["storage"];

const options = [
  { value: "off", label: "When asked" },
  { value: "on", label: "All" },
  { value: "forbidden", label: "Never" },
] as const satisfies readonly { value: Storage; label: string }[];

const meaning: Record<Storage, string> = {
  off: "Only calls that send store: true are kept.",
  on: "Every call is kept, unless it says store: false.",
  forbidden: "No call is kept, whatever it says, and no answer is cached.",
};

const managers: readonly string[] = ["owner", "admin"];

/** What is kept of calls that are answered at once; requests of the queue are kept for as long as the retention says. */
export function StorageSection() {
  return (
    <SettingsSection
      id="storage"
      title="Calls under /v1"
      description="Whether prompts and answers of chat completions are kept. Queued requests always are, for the retention above."
    >
      <MeGate>{(me) => <StorageChoice me={me} />}</MeGate>
    </SettingsSection>
  );
}

function StorageChoice({ me }: { me: Me }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const setting = useQuery(trpc.account.storage.queryOptions());
  const keepsNothing = useKeepsNothing();
  const update = useMutation(
    trpc.account.updateStorage.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(trpc.account.storage.queryKey(), saved);
        toast("Storage changed", { tone: "good" });
      },
      onError: (error) =>
        toast("Couldn’t change what is kept", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  const mayChange = managers.includes(me.organization.role);
  if (setting.isPending) return <SectionLoading label="Loading what is kept" action={mayChange} />;
  if (setting.isError) return <RetryNotice query={setting} title="Couldn’t load what is kept" />;
  const now = setting.data.storage;
  return (
    <div className="grid max-w-prose gap-3">
      <p className="text-muted">
        {keepsNothing ? "HIPAA mode keeps nothing, so it can’t be changed." : meaning[now]}
      </p>
      {mayChange && !keepsNothing && (
        <div className="w-fit">
          <Segments
            legend="Which calls are kept"
            value={update.isPending ? update.variables.storage : now}
            options={options}
            onChange={(storage) => update.mutate({ storage })}
          />
        </div>
      )}
    </div>
  );
}
