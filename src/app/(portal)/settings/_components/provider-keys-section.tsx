"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { orList } from "@/components/format/list";
import { providerName } from "@/components/format/provider";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { providerIds } from "@/shared/providers";
import { readFailure } from "../../../_client/failure";
import { useTRPC } from "../../../_client/trpc";
import { RetryNotice } from "../../_components/query-states";
import type { ProviderKey } from "./provider-key-dialogs";
import { MeGate, SettingsSection } from "./settings-section";

const ProviderKeyDialog = dynamic(() =>
  import("./provider-key-dialogs").then((module) => module.ProviderKeyDialog),
);
const DeleteProviderKeyDialog = dynamic(() =>
  import("./provider-key-dialogs").then((module) => module.DeleteProviderKeyDialog),
);

const managers: readonly string[] = ["owner", "admin"];

export function ProviderKeysSection() {
  return (
    <SettingsSection
      id="provider-keys"
      title="Provider keys"
      description={`Use your organization’s own keys at ${orList(providerIds.map(providerName))}. The provider bills you for the model, and requests cost nothing here. They count toward your plan’s limits.`}
    >
      <MeGate>
        {({ organization: { role } }) =>
          managers.includes(role) ? (
            <ProviderKeys />
          ) : (
            <p className="text-muted">Owners and admins can view and change them. Your role is {role}.</p>
          )
        }
      </MeGate>
    </SettingsSection>
  );
}

type Task = { kind: "add" } | { kind: "rotate" | "delete"; providerKey: ProviderKey };

function ProviderKeys() {
  const trpc = useTRPC();
  const list = useQuery(trpc.providerKeys.list.queryOptions({ limit: 50 }));
  const [task, setTask] = useState<Task | null>(null);
  const done = () => setTask(null);
  const keys = (list.data?.data ?? []).toSorted(
    (a, b) => a.provider.localeCompare(b.provider) || a.position - b.position,
  );
  return (
    <>
      {list.isPending && <ListSkeleton label="Loading your provider keys" rows={1} />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your provider keys" />}
      {keys.length > 0 && (
        <ul aria-label="Provider keys" className="mb-4 divide-y rounded-lg border bg-surface">
          {keys.map((providerKey) => (
            <ProviderKeyRow key={providerKey.id} providerKey={providerKey} onTask={setTask} />
          ))}
        </ul>
      )}
      {list.isSuccess && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button variant="secondary" onClick={() => setTask({ kind: "add" })}>
            Add provider key
          </Button>
          {keys.length === 0 && (
            <p className="text-muted">No provider keys yet. Requests use AgathaAI’s keys.</p>
          )}
        </div>
      )}
      {task?.kind === "add" && <ProviderKeyDialog onDone={done} />}
      {task?.kind === "rotate" && <ProviderKeyDialog providerKey={task.providerKey} onDone={done} />}
      {task?.kind === "delete" && <DeleteProviderKeyDialog providerKey={task.providerKey} onDone={done} />}
    </>
  );
}

interface RowProps {
  providerKey: ProviderKey;
  onTask: (task: Task) => void;
}

function ProviderKeyRow({ providerKey, onTask }: RowProps) {
  const { id, provider, position, fallback, last_four: lastFour } = providerKey;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const update = useMutation(
    trpc.providerKeys.update.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.providerKeys.pathFilter()),
      onError: (error) =>
        toast("Couldn’t change the key", { description: readFailure(error).message, tone: "danger" }),
    }),
  );
  const name = `${providerName(provider)} key ending in ${lastFour}`;
  return (
    <li className="grid gap-3 p-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-56">
          <p className="font-medium">
            {providerName(provider)} <span className="font-mono text-[13px]">…{lastFour}</span>
          </p>
          <p className="mt-0.5 text-[13px] text-muted">
            {position === 1 ? "Used first" : `Used after ${position - 1} other${position > 2 ? "s" : ""}`} ·{" "}
            {providerKey.rotated_at === null ? "added" : "rotated"}{" "}
            <RelativeTime iso={providerKey.rotated_at ?? providerKey.created_at} />
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {position > 1 && (
            <Button
              variant="secondary"
              size="sm"
              pending={update.isPending}
              aria-label={`Move up ${name}`}
              onClick={() => update.mutate({ id, position: position - 1 })}
            >
              Move up
            </Button>
          )}
          <Button
            variant="secondary"
            size="sm"
            aria-label={`Rotate ${name}`}
            onClick={() => onTask({ kind: "rotate", providerKey })}
          >
            Rotate
          </Button>
          <Button
            variant="secondary"
            size="sm"
            aria-label={`Delete ${name}`}
            onClick={() => onTask({ kind: "delete", providerKey })}
          >
            Delete
          </Button>
        </div>
      </div>
      <label className="flex w-fit cursor-pointer items-start gap-3">
        <input
          type="checkbox"
          // Shows the choice at once; the list is read again before the change counts as done.
          checked={update.isPending ? (update.variables.fallback ?? fallback) : fallback}
          onChange={() => update.mutate({ id, fallback: !fallback })}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <span className="text-[13px]">
          If {providerName(provider)} refuses this key, use AgathaAI’s key and pay model prices
        </span>
      </label>
    </li>
  );
}
