"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Outputs, useTRPC } from "../../client/trpc";
import { isLive, pollInterval } from "../requests/request-status";

export type Result = Outputs["inference"]["result"];

/** One request at a time: submit, ask until it has ended, cancel. */
export function useRun() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [id, setId] = useState<string | null>(null);

  const submit = useMutation(
    trpc.inference.submit.mutationOptions({
      onSuccess: (accepted) => {
        setId(accepted.id);
        void queryClient.invalidateQueries(trpc.history.list.pathFilter());
      },
    }),
  );
  const result = useQuery(
    trpc.inference.result.queryOptions(
      { id: id ?? "" },
      {
        enabled: id !== null,
        staleTime: Number.POSITIVE_INFINITY,
        refetchInterval: ({ state }) => pollInterval(state.data),
        refetchIntervalInBackground: true,
      },
    ),
  );
  const cancel = useMutation(
    trpc.inference.cancel.mutationOptions({ onSettled: () => void result.refetch() }),
  );

  const running =
    submit.isPending || (id !== null && !result.isError && (!result.data || isLive(result.data.status)));
  return {
    start: (body: Parameters<typeof submit.mutate>[0]) => {
      setId(null);
      cancel.reset();
      submit.mutate(body);
    },
    cancel: () => {
      if (id !== null) cancel.mutate({ id });
    },
    cancelling: cancel.isPending || cancel.isSuccess,
    running,
    accepted: submit.data,
    result: id === null ? undefined : result.data,
    error: submit.error ?? (id === null ? null : (result.error ?? cancel.error)),
  };
}

export type Run = ReturnType<typeof useRun>;
