"use client";

import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { useTRPC } from "../../client/trpc";
import { AnswerPanel } from "./answer-panel";
import { type Draft, toBody } from "./draft";
import { MessageFields } from "./message-fields";
import { ModelField } from "./model-field";
import { ParameterFields } from "./parameter-fields";
import { useRun } from "./use-run";

interface PlaygroundProps {
  baseUrl: string;
  start: Draft;
  /** False where `start` is a past request that the form could not hold in full. */
  startIsComplete: boolean;
}

export function Playground({ baseUrl, start, startIsComplete }: PlaygroundProps) {
  const trpc = useTRPC();
  const models = useQuery(trpc.models.list.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }));
  const [draft, setDraft] = useState(start);
  const [tried, setTried] = useState(false);
  const run = useRun();
  const answer = useRef<HTMLDivElement>(null);

  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const { body, errors } = toBody(draft);
  const shownErrors = tried ? errors : {};
  const model = models.data?.data.find(({ id }) => id === draft.model);

  const send = () => {
    setTried(true);
    if (Object.keys(errors).length > 0 || run.running) return;
    run.start(body);
    // On a phone the answer comes below the form.
    answer.current?.scrollIntoView({ block: "nearest" });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const sendByKeyboard = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    send();
  };

  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card aria-label="Prompt" className="min-w-0">
        <form onSubmit={submit} onKeyDown={sendByKeyboard} noValidate className="grid gap-5 p-4 sm:p-5">
          {!startIsComplete && (
            <Notice tone="attention">Images and tool messages of this request were left out.</Notice>
          )}
          <ModelField models={models} value={draft.model} onChange={(id) => change({ model: id })} />
          <MessageFields draft={draft} onChange={change} error={shownErrors.messages} />
          <ParameterFields draft={draft} onChange={change} errors={shownErrors} model={model} />
          <div className="flex flex-wrap items-center gap-3 border-t pt-4">
            <Button type="submit" pending={run.running}>
              {run.running ? "Running" : "Send"}
            </Button>
            {run.running && run.accepted && (
              <Button variant="secondary" pending={run.cancelling} onClick={run.cancel}>
                Cancel
              </Button>
            )}
            <span className="hidden text-[13px] text-muted sm:block">
              <kbd>⌘</kbd> or <kbd>Ctrl</kbd> with <kbd>↵</kbd> sends
            </span>
          </div>
        </form>
      </Card>
      <div ref={answer} className="min-w-0 scroll-mt-18 lg:sticky lg:top-4">
        <AnswerPanel run={run} body={body} baseUrl={baseUrl} />
      </div>
    </div>
  );
}
