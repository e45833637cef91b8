"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../../_client/failure";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { MeGate, SettingsSection } from "../settings-section";

const managers: readonly string[] = ["owner", "admin"];

/** Whether everybody in the organization needs a second factor. */
export function FactorPolicySection() {
  return (
    <SettingsSection
      id="sign-in-policy"
      title="Two-factor for everyone"
      description="Require a second factor of every member of your organization. Members without one can only add one until they have it. API keys keep working."
    >
      <MeGate>
        {({ organization: { role } }) =>
          managers.includes(role) ? (
            <FactorPolicy />
          ) : (
            <p className="text-muted">Owners and admins can view and change it. Your role is {role}.</p>
          )
        }
      </MeGate>
    </SettingsSection>
  );
}

function FactorPolicy() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const policy = useQuery(trpc.signInPolicy.get.queryOptions());
  const own = useQuery(trpc.secondFactor.get.queryOptions());
  const update = useMutation(
    trpc.signInPolicy.update.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(trpc.signInPolicy.get.queryKey(), saved);
        toast(saved.second_factor === "required" ? "Second factor required" : "Second factor made optional", {
          tone: "good",
        });
      },
      onError: (error) =>
        toast("Couldn’t change the policy", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  if (policy.isPending) {
    return (
      <Loading label="Loading the sign-in policy" className="grid max-w-md gap-3">
        <Skeleton className="w-56" />
        <Skeleton className="h-9 w-48" />
      </Loading>
    );
  }
  if (policy.isError) return <RetryNotice query={policy} title="Couldn’t load the sign-in policy" />;
  const required = policy.data.second_factor === "required";
  const lacking = own.data?.enabled === false;
  return (
    <div className="grid max-w-prose gap-4">
      <p>
        {stateText(policy.data)}
        {!required && lacking && " Add a second factor to your own account first."}
      </p>
      <Button
        variant="secondary"
        className="w-fit"
        disabled={!required && lacking}
        pending={update.isPending}
        onClick={() => update.mutate({ second_factor: required ? "optional" : "required" })}
      >
        {required ? "Make second factor optional" : "Require second factor"}
      </Button>
    </div>
  );
}

function stateText({
  second_factor,
  members_without_factor: without,
}: Outputs["signInPolicy"]["get"]): string {
  const who = without === 1 ? "1 member has" : `${without} members have`;
  if (second_factor === "required") {
    return without === 0
      ? "Required. Every member has one."
      : `Required. ${who} none yet and can only add one.`;
  }
  return without === 0 ? "Optional. Every member has one." : `Optional. ${who} none.`;
}
