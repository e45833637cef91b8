"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardBody } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toasts/toast-store";
import { formatCount } from "@/shared/format/count";
import { readFailure } from "../../../../_client/failure";
import { type Outputs, useTRPC } from "../../../../_client/trpc";

export type Stream = Outputs["audit"]["stream"]["get"];

interface StreamStateProps {
  stream: Stream;
  onChange: () => void;
  onRemove: () => void;
}

const badges = {
  active: ["good", "Active"],
  failing: ["attention", "Failing"],
  paused: ["neutral", "Paused"],
} as const;

export function StreamState({ stream, onChange, onRemove }: StreamStateProps) {
  const [tone, label] = badges[stream.status];
  return (
    <div className="grid gap-4">
      <StateNotice stream={stream} />
      <Card>
        <CardBody className="grid gap-5">
          <div className="flex flex-wrap items-start justify-between gap-3">
            <div className="grid min-w-0 gap-1">
              <span className="flex flex-wrap items-center gap-2">
                <h2 className="font-medium">{stream.kind === "webhook" ? "Webhook" : "Syslog over TLS"}</h2>
                <Badge tone={tone}>{label}</Badge>
              </span>
              <code className="break-all text-[13px] text-muted">{stream.target}</code>
            </div>
            <Actions stream={stream} onChange={onChange} onRemove={onRemove} />
          </div>
          <dl className="grid gap-4 border-t pt-5 sm:grid-cols-2 lg:grid-cols-4">
            <Figure name="Last delivered">
              {stream.delivered_at === null ? "Nothing yet" : <RelativeTime iso={stream.delivered_at} />}
            </Figure>
            <Figure name="Delivered up to">Entry {stream.delivered_sequence.toLocaleString("en-US")}</Figure>
            <Figure name="Waiting">
              {stream.entries_behind === 0
                ? "No entries"
                : `${formatCount(stream.entries_behind)} ${stream.entries_behind === 1 ? "entry" : "entries"}`}
            </Figure>
            <Figure name="Failed attempts">
              {stream.failures === 0 ? "None since the last success" : formatCount(stream.failures)}
            </Figure>
          </dl>
        </CardBody>
      </Card>
    </div>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-[13px] text-muted">{name}</dt>
      <dd className="num mt-0.5">{children}</dd>
    </div>
  );
}

function StateNotice({
  stream: { status, failing_since, last_error, next_attempt_at, paused_because },
}: {
  stream: Stream;
}) {
  if (paused_because === "plan") {
    return (
      <Notice tone="attention" title="Your plan doesn’t include audit streams">
        The stream is paused. On a plan with audit streams it continues where it stopped.
      </Notice>
    );
  }
  if (status !== "failing") return null;
  return (
    <Notice tone="attention" title="The last attempt failed">
      {last_error !== null && <>The receiver {last_error}. </>}
      {failing_since !== null && (
        <>
          Failing since <RelativeTime iso={failing_since} />.{" "}
        </>
      )}
      Nothing is lost: entries wait
      {next_attempt_at !== null && (
        <>
          , and we try again <RelativeTime iso={next_attempt_at} />
        </>
      )}
      . After an hour of failures, we email owners and admins.
    </Notice>
  );
}

function Actions({ stream, onChange, onRemove }: StreamStateProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries(trpc.audit.stream.pathFilter());
  const fails = (title: string) => (error: unknown) =>
    toast(title, { description: readFailure(error).message, tone: "danger" });
  const pause = useMutation(
    trpc.audit.stream.pause.mutationOptions({
      onSuccess: refresh,
      onError: fails("Couldn’t change the stream"),
    }),
  );
  const test = useMutation(
    trpc.audit.stream.test.mutationOptions({
      onSuccess: ({ last_sequence }) => {
        toast("Test entry on its way", {
          description: `It has arrived when the stream has delivered up to entry ${last_sequence.toLocaleString("en-US")}.`,
          tone: "good",
        });
        return refresh();
      },
      onError: fails("Couldn’t send a test entry"),
    }),
  );
  const paused = stream.paused_because === "customer";
  return (
    <div className="flex flex-wrap gap-2">
      {stream.status !== "paused" && (
        <Button size="sm" pending={test.isPending} onClick={() => test.mutate({})}>
          Send test entry
        </Button>
      )}
      <Button variant="secondary" size="sm" onClick={onChange}>
        Change
      </Button>
      {stream.paused_because !== "plan" && (
        <Button
          variant={paused ? "primary" : "secondary"}
          size="sm"
          pending={pause.isPending}
          onClick={() => pause.mutate({ paused: !paused })}
        >
          {paused ? "Resume" : "Pause"}
        </Button>
      )}
      <Button variant="danger-quiet" size="sm" onClick={onRemove}>
        Remove
      </Button>
    </div>
  );
}
