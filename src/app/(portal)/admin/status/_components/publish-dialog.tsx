"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { noticeStates, severityLabels } from "@/components/format/notice-labels";
import { CheckList } from "@/components/ui/fields/check-list";
import { Field } from "@/components/ui/fields/field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { type ComponentId, componentIds } from "@/shared/status-components";
import { fieldError, readFailure } from "../../../../_client/failure";
import { FailureNotice } from "../../../../_client/failure-notice";
import { useTRPC } from "../../../../_client/trpc";
import { hasBlanks, templates } from "../_lib/templates";
import { UpdateText } from "./update-text";

const labels = {
  incident: { title: "Publish incident", hint: "What customers see: “Slow responses from one provider”." },
  maintenance: { title: "Announce maintenance", hint: "What we do: “Database upgrade in Europe”." },
} as const;
const severities = ["P0", "P1", "P2", "P3"] as const;
const states = ["investigating", "identified", "monitoring"] as const;
const FIELDS = ["title", "components", "starts_at", "ends_at", "text"];

/** What the field of a time holds is UTC, as everything on the status page. */
const toIso = (local: string) => `${local}:00.000Z`;

export function PublishDialog({ kind, onDone }: { kind: keyof typeof labels; onDone: () => void }) {
  const trpc = useTRPC();
  const [tried, setTried] = useState(false);
  const [title, setTitle] = useState("");
  const [severity, setSeverity] = useState<(typeof severities)[number]>("P2");
  const [state, setState] = useState<(typeof states)[number]>("investigating");
  const [components, setComponents] = useState<ComponentId[]>([]);
  const [times, setTimes] = useState({ starts: "", ends: "" });
  const [text, setText] = useState<string>(templates[kind === "incident" ? "investigating" : "scheduled"]);
  const onSuccess = () => {
    toast(kind === "incident" ? "Incident published" : "Maintenance announced", { tone: "good" });
    onDone();
  };
  const publish = useMutation(trpc.operators.publishIncident.mutationOptions({ onSuccess }));
  const announce = useMutation(trpc.operators.announceMaintenance.mutationOptions({ onSuccess }));
  const call = kind === "incident" ? publish : announce;
  const failure = call.error ? readFailure(call.error) : null;
  const errorAt = (field: string) => fieldError(failure, field);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (hasBlanks(text)) return;
    const common = { title, components, text };
    if (kind === "incident") publish.mutate({ severity, state, ...common });
    else announce.mutate({ starts_at: toIso(times.starts), ends_at: toIso(times.ends), ...common });
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title={labels[kind].title}
        description="Public within 10 seconds. Nothing published can be deleted."
      >
        <form onSubmit={submit} className="grid grid-cols-1 gap-4">
          {call.error && !FIELDS.includes(failure?.param ?? "") && <FailureNotice error={call.error} />}
          <Field label="Title" error={errorAt("title")} hint={labels[kind].hint}>
            {(control) => (
              <Input
                {...control}
                required
                minLength={3}
                maxLength={120}
                autoComplete="off"
                value={title}
                onChange={(event) => setTitle(event.currentTarget.value)}
              />
            )}
          </Field>
          {kind === "incident" ? (
            <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
              <Field label="Severity">
                {(control) => (
                  <Select
                    {...control}
                    value={severity}
                    onChange={(event) =>
                      setSeverity(severities.find((one) => one === event.currentTarget.value) ?? severity)
                    }
                  >
                    {severities.map((one) => (
                      <option key={one} value={one}>
                        {one}: {severityLabels[one]}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              <Field label="State">
                {(control) => (
                  <Select
                    {...control}
                    value={state}
                    onChange={(event) => {
                      const next = states.find((one) => one === event.currentTarget.value) ?? state;
                      setState(next);
                      if (text === templates[state]) setText(templates[next]);
                    }}
                  >
                    {states.map((one) => (
                      <option key={one} value={one}>
                        {noticeStates[one].label}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            </div>
          ) : (
            <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
              {(["starts", "ends"] as const).map((end) => (
                <Field
                  key={end}
                  label={end === "starts" ? "Begins (UTC)" : "Ends (UTC)"}
                  error={errorAt(`${end}_at`)}
                >
                  {(control) => (
                    <Input
                      {...control}
                      type="datetime-local"
                      required
                      value={times[end]}
                      onChange={(event) => setTimes({ ...times, [end]: event.currentTarget.value })}
                    />
                  )}
                </Field>
              ))}
            </div>
          )}
          <CheckList
            legend="Components"
            hint={errorAt("components") ?? "What it affects."}
            options={componentIds}
            chosen={components}
            onChange={setComponents}
          />
          <UpdateText value={text} error={errorAt("text")} tried={tried} onChange={setText} />
          <DialogSubmitFooter pending={call.isPending} disabled={components.length === 0}>
            {labels[kind].title}
          </DialogSubmitFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
