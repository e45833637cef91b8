"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import type { Session } from "../_lib/session";
import { RevokeOthersDialog } from "./revoke-others-dialog";
import { SessionRow } from "./session-row";
import { SettingsSection } from "./settings-section";
import { RevokeSessionDialog } from "./sign-out-dialogs";

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
      {list.isPending && (
        <Loading
          label="Loading your sessions"
          className="grid gap-px overflow-hidden rounded-lg border bg-line"
        >
          {[0, 1].map((row) => (
            <div key={row} className="grid gap-2 bg-surface p-4">
              <Skeleton className="w-40" />
              <Skeleton className="w-56" />
            </div>
          ))}
        </Loading>
      )}
      {list.isError && (
        <FailureNotice
          error={list.error}
          title="Couldn’t load your sessions"
          action={
            <Button variant="secondary" size="sm" onClick={() => void list.refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {list.items.length > 0 && (
        <ul aria-label="Your sessions" className="divide-y rounded-lg border bg-surface">
          {list.items.map((session) => (
            <SessionRow key={session.id} session={session} onRevoke={() => setEnding(session)} />
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
      {ending === "others" && <RevokeOthersDialog onDone={done} />}
      {ending !== null && ending !== "others" && <RevokeSessionDialog session={ending} onDone={done} />}
    </SettingsSection>
  );
}
