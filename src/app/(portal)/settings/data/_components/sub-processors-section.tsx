"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../../_client/failure";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { type Me, MeGate, SettingsSection } from "../../_components/settings-section";
import { SectionLoading } from "./section-loading";

const managers: readonly string[] = ["owner", "admin"];

export function SubProcessorsSection() {
  return (
    <SettingsSection
      id="sub-processors"
      title="Sub-processors"
      description={
        <>
          Who processes data for us is on{" "}
          <Link href="/subprocessors" className="text-accent underline underline-offset-4">
            a public list
          </Link>
          .
        </>
      }
    >
      <MeGate>{(me) => <Notices me={me} />}</MeGate>
    </SettingsSection>
  );
}

function Notices({ me }: { me: Me }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const notices = useQuery(trpc.subProcessors.notices.queryOptions());
  const update = useMutation(
    trpc.subProcessors.updateNotices.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(trpc.subProcessors.notices.queryKey(), saved);
        toast(saved.subscribed ? "Notices turned on" : "Notices turned off", { tone: "good" });
      },
      onError: (error) =>
        toast("Couldn’t change the notices", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  const mayChange = managers.includes(me.organization.role);
  if (notices.isPending) return <SectionLoading label="Loading the notices" wraps action={mayChange} />;
  if (notices.isError) return <RetryNotice query={notices} title="Couldn’t load the notices" />;
  const on = notices.data.subscribed;
  return (
    <div className="grid max-w-prose gap-3">
      <p className="text-muted">
        {on
          ? "We email you 30 days before a sub-processor is added or removed."
          : "You aren’t told before a sub-processor is added or removed."}
      </p>
      {mayChange && (
        <Button
          variant="secondary"
          className="w-fit"
          pending={update.isPending}
          onClick={() => update.mutate({ subscribed: !on })}
        >
          {on ? "Stop emailing me" : "Email me before changes"}
        </Button>
      )}
    </div>
  );
}
