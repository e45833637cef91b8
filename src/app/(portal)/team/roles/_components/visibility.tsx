"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { cn } from "@/components/cn";
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

/** As much room as its two or three lines and the choice take, so that nothing below moves when they come. */
const PLACE = "grid min-h-32 max-w-prose gap-3 sm:min-h-24";

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
      <Loading label="Loading the setting" className={cn(PLACE, "content-start")}>
        <Skeleton className="h-5 w-full" />
        <Skeleton className="h-9 w-48" />
      </Loading>
    );
  }
  if (setting.isError) return <RetryNotice query={setting} title="Couldn’t load the setting" />;
  const now = setting.data.developers_see;
  return (
    <div className={cn(PLACE, "content-start")}>
      <p className="text-muted">
        {now === "own"
          ? "Developers see requests and usage of their own: by hand, with keys they created, and of apps they connected."
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
