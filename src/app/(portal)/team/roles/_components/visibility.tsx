"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Segments } from "@/components/ui/fields/segments";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { toast } from "@/components/ui/toasts/toast-store";
import { readFailure } from "../../../../_client/failure";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";

const options = [
  { value: "own", label: "Their own" },
  { value: "all", label: "Everyone’s" },
] as const;

const PLACE = "grid max-w-prose gap-3";

/** Whether developers see the requests and usage of everyone, or their own. */
export function Visibility({ mayManage }: { mayManage: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const setting = useQuery(trpc.visibility.get.queryOptions());
  const update = useMutation(
    trpc.visibility.update.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(trpc.visibility.get.queryKey(), saved);
        toast(
          saved.developers_see === "all"
            ? "Developers see everyone’s requests"
            : "Developers see their own requests",
          {
            tone: "good",
          },
        );
      },
      onError: (error) =>
        toast("Couldn’t change the setting", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  if (setting.isPending) {
    return (
      // As high as the text and the choice, so that nothing below moves when they come.
      <Loading label="Loading the setting" className={PLACE}>
        <Skeleton className="h-15 sm:h-10" />
        {mayManage && <Skeleton className="h-10 w-44 rounded-lg sm:h-9" />}
      </Loading>
    );
  }
  if (setting.isError) return <RetryNotice query={setting} title="Couldn’t load the setting" />;
  const now = setting.data.developers_see;
  return (
    <div className={PLACE}>
      <p className="text-muted">
        {now === "own"
          ? "Developers see only their own requests and usage: sent by hand, with keys they created, or by apps they connected."
          : "Developers see everyone’s requests and usage, prompts and answers included."}{" "}
        {now === "all" && mayManage && "If you change it, keys they created are narrowed as well."}
      </p>
      {mayManage && (
        <div className="w-fit">
          <Segments
            legend="Whose requests developers see"
            value={update.isPending ? update.variables.developers_see : now}
            options={options}
            onChange={(developers_see) => update.mutate({ developers_see })}
          />
        </div>
      )}
    </div>
  );
}
