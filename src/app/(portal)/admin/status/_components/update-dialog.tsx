"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { noticeStates } from "@/components/format/notice-labels";
import { Field } from "@/components/ui/fields/field";
import { Select } from "@/components/ui/fields/select";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { fieldError, readFailure } from "../../../../_client/failure";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import type { StatusNotice } from "../_lib/status-notice";
import { hasBlanks, templates } from "../_lib/templates";
import { UpdateText } from "./update-text";

type State = StatusNotice["state"];
const statesOf: Record<StatusNotice["kind"], readonly State[]> = {
  incident: ["investigating", "identified", "monitoring", "resolved"],
  maintenance: ["scheduled", "in_progress", "completed", "canceled"],
};
const ends: readonly State[] = ["resolved", "completed", "canceled"];

export function UpdateDialog({ notice, onDone }: { notice: StatusNotice; onDone: () => void }) {
  const trpc = useTRPC();
  const ended = ends.includes(notice.state);
  const [tried, setTried] = useState(false);
  const [state, setState] = useState<State>(notice.state);
  const [text, setText] = useState(ended ? "" : templates[notice.state]);
  const call = useMutation(
    trpc.operators.updateNotice.mutationOptions({
      onSuccess: () => {
        toast("Update posted", { tone: "good" });
        onDone();
      },
    }),
  );
  const textError = fieldError(call.error ? readFailure(call.error) : null, "text");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!hasBlanks(text)) call.mutate({ id: notice.id, state, text });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title="Post update"
        description={ended ? "It has ended: you can add what happened and what we change." : notice.title}
      >
        <form onSubmit={submit} className="mt-5 grid grid-cols-1 gap-4">
          {call.error && !textError && <FailureNotice error={call.error} />}
          {!ended && (
            <Field label="State">
              {(control) => (
                <Select
                  {...control}
                  value={state}
                  onChange={(event) => {
                    const next = statesOf[notice.kind].find((one) => one === event.currentTarget.value);
                    if (next === undefined) return;
                    setState(next);
                    if (text === "" || text === templates[state]) setText(templates[next]);
                  }}
                >
                  {statesOf[notice.kind].map((one) => (
                    <option key={one} value={one}>
                      {noticeStates[one].label}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          )}
          <UpdateText value={text} error={textError} tried={tried} onChange={setText} />
          <DialogSubmitFooter pending={call.isPending}>Post update</DialogSubmitFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
