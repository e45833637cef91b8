"use client";

import { useQuery } from "@tanstack/react-query";
import { History, SquarePen } from "lucide-react";
import dynamic from "next/dynamic";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { cn } from "@/components/cn";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { type Outputs, useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import type { Output } from "../_lib/answer";
import { continueConversation, type Draft } from "../_lib/draft/draft";
import { newDraft, type SavedDraft, saveDraft } from "../_lib/draft/draft-store";
import { type DraftErrors, toBody } from "../_lib/draft/to-body";
import { combinedLabels } from "../_lib/quote-labels";
import { useQuotes } from "../_lib/use-quotes";
import { useRuns } from "../_lib/use-runs";
import { useShortcuts } from "../_lib/use-shortcuts";
import { AnswerColumn } from "./answer-column";
import { MessageFields, messageFieldId } from "./message-fields";
import { ModelFields } from "./model-fields";
import { ParameterFields } from "./parameter-fields";
import { SendBar } from "./send-bar";

const HistoryDialog = dynamic(() => import("./history-dialog"), { ssr: false });

interface PlaygroundProps {
  baseUrl: string;
  model: string;
  start: SavedDraft;
  /** False where the start is a past request that the form could not hold in full. */
  startIsComplete: boolean;
  /** Keeps the draft across reloads. */
  storageKey: string | null;
  /** Answers are simulated, because the email is not verified. */
  simulated: boolean;
}

/** Embedding models answer no messages. */
const chatModels = (list: Outputs["models"]["list"]) => ({
  ...list,
  data: list.data.filter(({ kind }) => kind === "chat"),
});

export function Playground({
  baseUrl,
  model,
  start,
  startIsComplete,
  storageKey,
  simulated,
}: PlaygroundProps) {
  const trpc = useTRPC();
  const models = useQuery(
    trpc.models.list.queryOptions(undefined, { staleTime: 60_000, select: chatModels }),
  );
  const storage = useQuery(trpc.account.storage.queryOptions());
  // Until the setting is known, nothing is kept that the organization may have forbidden.
  const keep = storage.data !== undefined && storage.data.storage !== "forbidden";
  const [draft, setDraft] = useState(start.draft);
  const [complete, setComplete] = useState(startIsComplete);
  const [tried, setTried] = useState(false);
  const [browsing, setBrowsing] = useState(false);
  const runs = useRuns(start);
  const answers = useRef<HTMLElement>(null);

  const { columns } = draft;
  const running = columns.some(({ id }) => runs.runOf(id).running);
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }));
  const { body, errors } = toBody(draft);
  const valid = Object.keys(errors).length === 0;
  const ended = columns.map(({ id }) => runs.runOf(id)).filter(({ running, id }) => !running && id);
  const quotes = useQuotes(columns, valid ? body : null, ended.map(({ id }) => id).join());
  const combined = combinedLabels(quotes.flatMap(({ quote }) => (quote ? [quote] : [])));

  const answersText = JSON.stringify(runs.saved);
  useEffect(() => {
    if (storageKey !== null) saveDraft(storageKey, { draft, ...JSON.parse(answersText) });
  }, [storageKey, draft, answersText]);

  const send = () => {
    setTried(true);
    if (!valid || running) return;
    setTried(false);
    runs.start(columns, body, { delivery: draft.delivery, keep });
    // On a phone the answers come below the form.
    answers.current?.scrollIntoView({ block: "nearest" });
  };
  const stopAll = () => {
    for (const { id } of columns) runs.stop(id);
  };
  useShortcuts({ send, stop: stopAll });

  const show = ({ draft: next, ...shown }: SavedDraft, whole: boolean) => {
    setDraft(next);
    setComplete(whole);
    setTried(false);
    runs.show(shown);
  };
  const continueFrom = (output: Output) => {
    const messages = continueConversation(draft.messages, output);
    change({ messages });
    const empty = messages.find(({ text, toolCalls }) => text === "" && !toolCalls);
    if (empty) setTimeout(() => document.getElementById(messageFieldId(empty.id))?.focus());
  };

  return (
    <>
      <PageHeader
        title="Playground"
        actions={
          <>
            <Button variant="secondary" size="sm" onClick={() => show(newDraft(model), true)}>
              <SquarePen aria-hidden="true" />
              New prompt
            </Button>
            <Button variant="secondary" size="sm" onClick={() => setBrowsing(true)}>
              <History aria-hidden="true" />
              History
            </Button>
          </>
        }
      >
        Compare up to four models, then copy the call into your code.
      </PageHeader>
      {simulated && (
        <Notice className="mb-4">
          Answers are simulated and free until you verify your email. Then the models answer.
        </Notice>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,25rem)_minmax(0,1fr)]">
        <Card aria-label="Prompt" className="min-w-0">
          <form
            onSubmit={(event: FormEvent) => {
              event.preventDefault();
              send();
            }}
            noValidate
            className="grid gap-5 px-4 pt-4 sm:px-5 sm:pt-5 lg:[&_:is(a,button,input,select,summary,textarea)]:scroll-mb-32"
          >
            {!complete && <Notice tone="attention">This request’s images were left out.</Notice>}
            <ModelFields
              models={models}
              columns={columns}
              quotes={quotes}
              onChange={(next) => change({ columns: next })}
              onMaxTokens={(most) => change({ maxTokens: String(most) })}
            />
            <MessageFields draft={draft} onChange={change} error={tried ? errors.messages : undefined} />
            <ParameterFields
              draft={draft}
              keep={keep}
              onChange={change}
              errors={tried ? errors : errorsWhileTyping(errors, draft)}
              models={
                models.data?.data.filter(({ id }) => columns.some((column) => column.model === id)) ?? []
              }
            />
            <SendBar
              combined={combined}
              running={running}
              columns={columns.length}
              notSent={tried && !valid}
              onStop={stopAll}
            />
          </form>
        </Card>
        <section
          ref={answers}
          aria-label="Answers"
          // On a phone several answers scroll sideways, which a keyboard must reach.
          tabIndex={columns.length > 1 ? 0 : undefined}
          className={cn(
            "min-w-0 scroll-mt-18 gap-4",
            columns.length === 1
              ? "grid lg:sticky lg:top-4"
              : "relative -mx-4 flex snap-x snap-mandatory overflow-x-auto px-4 pb-2 sm:mx-0 sm:grid sm:grid-cols-2 sm:overflow-visible sm:px-0 sm:pb-0 max-sm:scroll-px-4 max-sm:*:w-[86%] max-sm:*:shrink-0 max-sm:*:snap-start",
          )}
        >
          {columns.map(({ id, model: name }) => (
            <AnswerColumn
              key={id}
              model={runs.runOf(id).answer?.model ?? name}
              run={runs.runOf(id)}
              body={{ model: name, ...body }}
              delivery={draft.delivery}
              baseUrl={baseUrl}
              onStop={() => runs.stop(id)}
              onContinue={continueFrom}
            />
          ))}
        </section>
      </div>
      {browsing && (
        <HistoryDialog
          onClose={() => setBrowsing(false)}
          onOpen={(saved, whole) => {
            setBrowsing(false);
            show(saved, whole);
          }}
        />
      )}
    </>
  );
}

/** The errors to show before the first try to send: an empty field is not an error yet. */
function errorsWhileTyping({ messages: _, tools, ...errors }: DraftErrors, draft: Draft): DraftErrors {
  if (tools === undefined) return errors;
  const started = Object.entries(tools).flatMap(([id, { name, ...rest }]) => {
    const empty = draft.tools.find((tool) => tool.id === Number(id))?.name === "";
    const shown = name === undefined || empty ? rest : { name, ...rest };
    return Object.keys(shown).length === 0 ? [] : [[id, shown]];
  });
  return started.length === 0 ? errors : { ...errors, tools: Object.fromEntries(started) };
}
