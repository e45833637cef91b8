"use client";

import { Monitor, Smartphone, SquareTerminal } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { RetryNotice } from "../../../_components/query-states";
import { SettingsSection } from "../settings-section";
import type { Session } from "./sign-out-dialogs";

const SignOutDialog = dynamic(() => import("./sign-out-dialogs").then((module) => module.SignOutDialog));
const SignOutOthersDialog = dynamic(() =>
  import("./sign-out-dialogs").then((module) => module.SignOutOthersDialog),
);

const PAGE_SIZE = 10;

export function SessionsSection() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [ending, setEnding] = useState<Session | "others" | null>(null);
  const list = usePages<Session>({
    queryKey: [...trpc.account.sessions.list.pathKey(), "pages"],
    fetchPage: (cursor) => client.account.sessions.list.query({ limit: PAGE_SIZE, ...cursor }),
  });
  const others = list.items.some(({ current }) => !current) || list.hasNextPage;
  const done = () => setEnding(null);

  return (
    <SettingsSection
      id="sessions"
      title="Sessions"
      description="Where you’re signed in. Sign out anything you don’t recognize, then change your password. Only you see the IP addresses."
    >
      {list.isPending && <ListSkeleton label="Loading your sessions" rows={2} />}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your sessions" />}
      {list.items.length > 0 && (
        <ul aria-label="Your sessions" className="divide-y rounded-lg border bg-surface">
          {list.items.map((session) => (
            <SessionRow key={session.id} session={session} onSignOut={() => setEnding(session)} />
          ))}
        </ul>
      )}
      {list.isSuccess && (
        <div className="mt-4 flex flex-wrap items-center gap-2">
          {list.hasNextPage && (
            <Button
              variant="secondary"
              pending={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              Show more
            </Button>
          )}
          {others ? (
            <Button variant="secondary" onClick={() => setEnding("others")}>
              Sign out all others
            </Button>
          ) : (
            <p className="text-muted">You aren’t signed in anywhere else.</p>
          )}
        </div>
      )}
      {ending === "others" && <SignOutOthersDialog onDone={done} />}
      {ending !== null && ending !== "others" && <SignOutDialog session={ending} onDone={done} />}
    </SettingsSection>
  );
}

const handheld = /iPhone|iPad|Android/;

const iconOf = ({ kind, device }: Session) => {
  if (kind === "api") return SquareTerminal;
  return handheld.test(device) ? Smartphone : Monitor;
};

function SessionRow({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
  const Icon = iconOf(session);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <Icon className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="break-words font-medium">{session.device}</span>
          {session.current && <Badge tone="accent">this session</Badge>}
          {session.kind === "api" && <Badge tone="outline">API</Badge>}
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          {session.ip && (
            <>
              <span className="break-all">{session.ip}</span> ·{" "}
            </>
          )}
          signed in <RelativeTime iso={session.created_at} /> · last seen{" "}
          <RelativeTime iso={session.last_seen_at} /> · expires <RelativeTime iso={session.ends_at} />
        </p>
      </div>
      {!session.current && (
        <Button variant="secondary" size="sm" onClick={onSignOut} aria-label={`Sign out ${session.device}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}
