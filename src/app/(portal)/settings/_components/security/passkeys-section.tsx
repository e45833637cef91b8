"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useTRPC } from "../../../../_client/trpc";
import { RetryNotice } from "../../../_components/query-states";
import { MeGate, SettingsSection } from "../settings-section";
import type { Passkey } from "./passkey-dialogs";

const AddPasskeyDialog = dynamic(() => import("./passkey-dialogs").then((module) => module.AddPasskeyDialog));
const RenamePasskeyDialog = dynamic(() =>
  import("./passkey-dialogs").then((module) => module.RenamePasskeyDialog),
);
const RemovePasskeyDialog = dynamic(() =>
  import("./passkey-dialogs").then((module) => module.RemovePasskeyDialog),
);

type Task = { kind: "add" } | { kind: "rename" | "remove"; passkey: Passkey };

export function PasskeysSection() {
  const trpc = useTRPC();
  const list = useQuery(trpc.passkeys.list.queryOptions());
  const [task, setTask] = useState<Task | null>(null);
  const done = () => setTask(null);
  const passkeys = list.data?.data ?? [];
  return (
    <SettingsSection
      id="passkeys"
      title="Passkeys"
      description="Sign in with your fingerprint, face or device PIN. A passkey is both factors at once and works on AgathaAI only, so it can’t be phished."
    >
      {list.isPending && <ListSkeleton label="Loading your passkeys" rows={1} />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your passkeys" />}
      {passkeys.length > 0 && (
        <ul aria-label="Your passkeys" className="mb-4 divide-y rounded-lg border bg-surface">
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} onTask={setTask} />
          ))}
        </ul>
      )}
      {list.isSuccess && (
        <MeGate>
          {({ user }) => (
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <Button
                variant="secondary"
                disabled={!user.email_verified}
                onClick={() => setTask({ kind: "add" })}
              >
                Add passkey
              </Button>
              {passkeys.length === 0 && (
                <p className="text-muted">
                  {user.email_verified
                    ? "No passkeys yet."
                    : "Verify your email first, so that nobody else can add one to your account."}
                </p>
              )}
            </div>
          )}
        </MeGate>
      )}
      {task?.kind === "add" && <AddPasskeyDialog onDone={done} />}
      {task?.kind === "rename" && <RenamePasskeyDialog passkey={task.passkey} onDone={done} />}
      {task?.kind === "remove" && <RemovePasskeyDialog passkey={task.passkey} onDone={done} />}
    </SettingsSection>
  );
}

function PasskeyRow({ passkey, onTask }: { passkey: Passkey; onTask: (task: Task) => void }) {
  const { name, synced, created_at, last_used_at } = passkey;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <KeyRound className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="break-words font-medium">{name}</span>
          {synced && <Badge tone="outline">synced</Badge>}
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          added <RelativeTime iso={created_at} /> ·{" "}
          {last_used_at === null ? (
            "not used yet"
          ) : (
            <>
              last used <RelativeTime iso={last_used_at} />
            </>
          )}
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          variant="secondary"
          size="sm"
          aria-label={`Rename ${name}`}
          onClick={() => onTask({ kind: "rename", passkey })}
        >
          Rename
        </Button>
        <Button
          variant="secondary"
          size="sm"
          aria-label={`Remove ${name}`}
          onClick={() => onTask({ kind: "remove", passkey })}
        >
          Remove
        </Button>
      </div>
    </li>
  );
}
