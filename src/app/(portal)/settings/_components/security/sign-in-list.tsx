"use client";

import { LogIn, ShieldAlert } from "lucide-react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { type Outputs, useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { RetryNotice } from "../../../_components/query-states";

type SignIn = Outputs["signIns"]["list"]["data"][number];

const PAGE_SIZE = 10;

export function SignInList() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages<SignIn>({
    queryKey: [...trpc.signIns.list.pathKey(), "pages"],
    fetchPage: (cursor) => client.signIns.list.query({ limit: PAGE_SIZE, ...cursor }),
  });
  if (list.isPending) return <ListSkeleton label="Loading your sign-ins" />;
  if (list.isError) return <RetryNotice query={list} title="Couldn’t load your sign-ins" />;
  if (list.items.length === 0) {
    return <p className="text-muted">No sign-ins yet. Each one appears here with its time and device.</p>;
  }
  return (
    <>
      <ul aria-label="Your sign-ins" className="divide-y rounded-lg border bg-surface">
        {list.items.map((signIn) => (
          <SignInRow key={signIn.id} signIn={signIn} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          variant="secondary"
          className="mt-4"
          pending={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}

const methods: Record<SignIn["method"], string> = {
  password: "password",
  passkey: "passkey",
  google: "Google",
  github: "GitHub",
  registration: "signed up",
  email_link: "verified email",
  company: "your company",
};

const factors: Record<NonNullable<SignIn["factor"]>, string> = {
  authenticator: "code",
  passkey: "passkey",
  recovery_code: "recovery code",
};

const results: Record<SignIn["result"], string> = {
  signed_in: "signed in",
  wrong_password: "wrong password",
  wrong_factor: "wrong second factor",
  wrong_passkey: "passkey refused",
};

function SignInRow({ signIn }: { signIn: SignIn }) {
  const { method, factor, result, kind, device, ip, new_device, created_at } = signIn;
  const failed = result !== "signed_in";
  const Icon = failed ? ShieldAlert : LogIn;
  const way =
    factor === null || method === "passkey" ? methods[method] : `${methods[method]} and ${factors[factor]}`;
  return (
    <li className="flex items-start gap-x-4 p-4">
      <Icon className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="break-words font-medium">{device}</span>
          {failed && <Badge tone="attention">{results[result]}</Badge>}
          {new_device && <Badge tone="accent">new device</Badge>}
          {kind === "api" && <Badge tone="outline">API</Badge>}
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          {ip && (
            <>
              <span className="break-all">{ip}</span> ·{" "}
            </>
          )}
          {way} · <RelativeTime iso={created_at} />
        </p>
      </div>
    </li>
  );
}
