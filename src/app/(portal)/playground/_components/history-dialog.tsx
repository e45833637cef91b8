"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { EmptyState } from "@/components/ui/empty-state";
import { Dialog, DialogContent } from "@/components/ui/overlays/dialog";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatMoney } from "@/shared/format/money";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { RetryNotice, ShowMore } from "../../_components/query-states";
import { StatusBadge } from "../../_components/request-status";
import { MAX_MODELS } from "../_lib/draft/draft";
import { draftFromRequest } from "../_lib/draft/draft-from-request";
import type { SavedDraft } from "../_lib/draft/draft-store";
import { type PastRun, toRuns } from "../_lib/past-runs";

const PAGE_SIZE = 25;

interface HistoryDialogProps {
  onClose: () => void;
  /** `whole` is false where the form cannot hold all of the request. */
  onOpen: (saved: SavedDraft, whole: boolean) => void;
}

/** What the organization's members sent, from any device. Opening one restores its prompt and answers. */
export default function HistoryDialog({ onClose, onOpen }: HistoryDialogProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [opening, setOpening] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const list = usePages({
    queryKey: [...trpc.history.list.pathKey(), "runs"],
    fetchPage: (cursor) =>
      client.history.list.query({ limit: PAGE_SIZE, made_by: "person", environment: "all", ...cursor }),
  });

  const open = async (run: PastRun) => {
    const [first] = run.requests;
    if (first === undefined) return;
    setOpening(run.key);
    setFailure(null);
    try {
      const detail = await queryClient.fetchQuery(trpc.inference.detail.queryOptions({ id: first.id }));
      const { draft, complete } = draftFromRequest(detail);
      const requests = run.requests.slice(0, MAX_MODELS);
      const columns = requests.map(({ model }, index) => ({ id: index + 1, model }));
      const answers = Object.fromEntries(requests.map(({ id }, index) => [index + 1, id]));
      onOpen({ draft: { ...draft, columns }, answers, streams: {} }, complete);
    } catch (error) {
      setFailure(error);
      setOpening(null);
    }
  };

  return (
    <Dialog open onOpenChange={(opened) => !opened && onClose()}>
      <DialogContent
        title="History"
        description="Prompts your organization’s members sent, newest first. Open one to restore its prompt, parameters and answers."
      >
        <div className="grid gap-3">
          {list.isPending && (
            <Loading label="Loading the history" className="grid gap-2">
              {[0, 1, 2, 3].map((row) => (
                <Skeleton key={row} className="h-14 rounded-lg" />
              ))}
            </Loading>
          )}
          {list.isError && <RetryNotice query={list} title="Couldn’t load the history" />}
          {failure !== null && <FailureNotice error={failure} title="Couldn’t open the request" />}
          {list.isSuccess && !list.items.some(({ stored }) => stored) && (
            <EmptyState title="No prompts yet">
              Everything you send here is saved, on every device.
            </EmptyState>
          )}
          <ul className="grid gap-2">
            {toRuns(list.items.filter(({ stored }) => stored)).map((run) => (
              <RunRow key={run.key} run={run} busy={opening === run.key} onOpen={() => void open(run)} />
            ))}
          </ul>
          <ShowMore list={list} />
        </div>
      </DialogContent>
    </Dialog>
  );
}

function RunRow({ run: { requests }, busy, onOpen }: { run: PastRun; busy: boolean; onOpen: () => void }) {
  const [first] = requests;
  if (first === undefined) return null;
  const same = requests.every(({ status }) => status === first.status);
  const cost = requests.reduce((sum, { cost_micros }) => sum + (cost_micros ?? 0), 0);
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        aria-busy={busy || undefined}
        className="flex w-full items-center justify-between gap-4 rounded-lg border p-3 text-left hover:bg-sunken"
      >
        <span className="min-w-0">
          <span className="block break-words font-medium">
            {requests.map(({ model }) => model).join(", ")}
          </span>
          <span className="block text-[13px] text-muted">
            <RelativeTime iso={first.created_at} /> · {formatMoney(cost)}
          </span>
        </span>
        {same ? (
          <StatusBadge status={first.status} />
        ) : (
          <span className="text-[13px] text-muted">{requests.length} answers</span>
        )}
      </button>
    </li>
  );
}
