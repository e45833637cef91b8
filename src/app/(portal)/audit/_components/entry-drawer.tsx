"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { overlayClasses } from "@/components/ui/overlays/dialog";
import { returnFocus } from "@/components/ui/overlays/return-focus";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatExact } from "@/shared/format/time";
import { useTRPC } from "../../../_client/trpc";
import { RetryNotice } from "../../_components/query-states";
import { readDetails } from "../_lib/details";
import type { Filters } from "../_lib/filters";
import { type EntryDetail, targetNames } from "../_lib/types";
import { actorName } from "./entry-table";

interface EntryDrawerProps {
  id: string;
  nameOf: (id: string) => string | undefined;
  onFilter: (part: Partial<Filters>) => void;
  onOpen: (id: string) => void;
  onClose: () => void;
}

/** One entry, whole. */
export function EntryDrawer({ id, onClose, ...rest }: EntryDrawerProps) {
  const trpc = useTRPC();
  const entry = useQuery(trpc.audit.get.queryOptions({ id }));
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={overlayClasses} />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
          className="enter fixed inset-y-0 right-0 z-50 w-full max-w-lg overflow-y-auto border-l bg-surface p-5 sm:p-6"
        >
          <div className="mb-5 flex items-start justify-between gap-3">
            <Dialog.Title className="wrap-anywhere font-semibold text-lg tracking-tight">
              {entry.data?.action ?? "Audit entry"}
            </Dialog.Title>
            <Dialog.Close asChild>
              <Button variant="ghost" size="icon-sm" aria-label="Close">
                <X aria-hidden="true" />
              </Button>
            </Dialog.Close>
          </div>
          {entry.isPending && (
            <Loading label="Loading the entry" className="grid gap-3">
              <Skeleton className="h-24" />
              <Skeleton className="h-40" />
            </Loading>
          )}
          {entry.isError && <RetryNotice query={entry} title="Couldn’t load the entry" />}
          {entry.data && <EntryBody entry={entry.data} {...rest} />}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function EntryBody({
  entry,
  nameOf,
  onFilter,
  onOpen,
}: { entry: EntryDetail } & Pick<EntryDrawerProps, "nameOf" | "onFilter" | "onOpen">) {
  const { actor, target, chain } = entry;
  const { changes, facts } = readDetails(entry.details);
  const actorId = actor.id;
  return (
    <div className="grid gap-6">
      <Facts title="What happened">
        <Fact name="Outcome">
          <Badge tone={entry.outcome === "failed" ? "danger" : "good"}>
            {entry.outcome === "failed" ? "Failed" : "Succeeded"}
          </Badge>
        </Fact>
        <Fact name="When">
          <time dateTime={entry.created_at}>{formatExact(new Date(entry.created_at))}</time>
        </Fact>
        <Fact name="By">
          {actorName(entry, nameOf)}
          {actorId !== null && <Id id={actorId} />}
          {actorId !== null && actor.type !== "operator" && (
            <Narrow onClick={() => onFilter({ actor: actorId })}>Only entries by them</Narrow>
          )}
        </Fact>
        {target !== null && (
          <Fact name="Resource">
            {targetNames[target.type]} {nameOf(target.id)}
            <Id id={target.id} />
            <Narrow onClick={() => onFilter({ target: target.id })}>Only entries about it</Narrow>
          </Fact>
        )}
        {entry.request_id !== null && (
          <Fact name="Request ID">
            <Id id={entry.request_id} />
          </Fact>
        )}
      </Facts>
      {changes.length > 0 && (
        <Facts title="Changes">
          {changes.map(({ name, before, after }) => (
            <Fact key={name} name={name}>
              <del className="text-muted">{before}</del> → <ins className="no-underline">{after}</ins>
            </Fact>
          ))}
        </Facts>
      )}
      {facts.length > 0 && (
        <Facts title="Details">
          {facts.map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </Facts>
      )}
      <Facts title="Chain">
        <Fact name="Position">{entry.sequence.toLocaleString("en-US")}</Fact>
        {chain.batch_id !== null && (
          <Fact name="Batch">
            <Id id={chain.batch_id} />
            <Narrow onClick={() => onOpen(chain.batch_id ?? entry.id)}>Open its batch</Narrow>
          </Fact>
        )}
        <Fact name="Hash">
          <code className="wrap-anywhere text-[13px]">{chain.hash}</code>
        </Fact>
        <Fact name="Previous hash">
          <code className="wrap-anywhere text-[13px]">{chain.prev_hash || "none: the first entry"}</code>
        </Fact>
        <Fact name="Entry">
          <Id id={entry.id} />
        </Fact>
      </Facts>
      <CopyButton
        labeled
        text={JSON.stringify(entry, null, 2)}
        label="Copy as JSON"
        className="justify-self-start"
      />
    </div>
  );
}

function Facts({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 font-medium text-[13px] text-muted">{title}</h3>
      <dl className="grid gap-2.5 rounded-lg border p-4">{children}</dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 sm:grid-cols-[7rem_minmax(0,1fr)]">
      <dt className="text-muted">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}

function Id({ id }: { id: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="wrap-anywhere min-w-0 text-[13px]">{id}</code>
      <CopyButton text={id} label="Copy ID" />
    </span>
  );
}

function Narrow({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" onClick={onClick} className="text-[13px] text-accent underline underline-offset-4">
      {children}
    </button>
  );
}
