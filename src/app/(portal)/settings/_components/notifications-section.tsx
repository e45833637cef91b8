"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../_client/failure";
import { type Outputs, useTRPC } from "../../../_client/trpc";
import { RetryNotice } from "../../_components/query-states";
import { SettingsSection } from "./settings-section";

type Kind = Outputs["account"]["emailPreferences"]["muted"][number];

const kinds: readonly { kind: Kind; title: string; text: string }[] = [
  {
    kind: "usage",
    title: "Usage",
    text: "When a plan limit or cap is nearly reached, and when it’s reached. Sent to owners, billing members and the key’s creator.",
  },
  {
    kind: "receipts",
    title: "Payment receipts",
    text: "For every payment. Sent to owners and billing members.",
  },
  { kind: "product", title: "Product news", text: "New models and upcoming retirements. Rare." },
];

export function NotificationsSection() {
  const trpc = useTRPC();
  const choices = useQuery(trpc.account.emailPreferences.queryOptions());
  return (
    <SettingsSection
      id="notifications"
      title="Notifications"
      description="Emails you receive, for all your organizations. Security, invitation and failed-payment emails always arrive."
    >
      {choices.isPending && (
        <Loading label="Loading your choices" className="grid max-w-xl gap-3">
          <Skeleton className="h-12" />
          <Skeleton className="h-12" />
          <Skeleton className="h-12" />
        </Loading>
      )}
      {choices.isError && <RetryNotice query={choices} title="Couldn’t load your choices" />}
      {choices.data && <EmailPreferences muted={choices.data.muted} />}
    </SettingsSection>
  );
}

function EmailPreferences({ muted }: { muted: readonly Kind[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const queryKey = trpc.account.emailPreferences.queryKey();
  const choose = useMutation(
    trpc.account.updateEmailPreferences.mutationOptions({
      // The box changes at once; a refused change is undone and announced.
      onMutate: async ({ muted: next }) => {
        await queryClient.cancelQueries({ queryKey });
        const before = queryClient.getQueryData(queryKey);
        queryClient.setQueryData(queryKey, { muted: next });
        return { before };
      },
      onError: (error, _input, context) => {
        queryClient.setQueryData(queryKey, context?.before);
        toast("Couldn’t save your choice", { description: readFailure(error).message, tone: "danger" });
      },
      onSuccess: (saved) => queryClient.setQueryData(queryKey, saved),
    }),
  );
  const toggle = (kind: Kind) =>
    choose.mutate({
      muted: muted.includes(kind) ? muted.filter((other) => other !== kind) : [...muted, kind],
    });
  return (
    <fieldset className="max-w-xl">
      <legend className="sr-only">Emails you receive</legend>
      <div className="divide-y rounded-lg border bg-surface">
        {kinds.map(({ kind, title, text }) => (
          <label key={kind} className="flex cursor-pointer items-start gap-3 p-4">
            <input
              type="checkbox"
              checked={!muted.includes(kind)}
              disabled={choose.isPending}
              onChange={() => toggle(kind)}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span>
              <span className="block font-medium">{title}</span>
              <span className="block text-[13px] text-muted">{text}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
