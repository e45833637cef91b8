"use client";

import { Square } from "lucide-react";
import Link from "next/link";
import { useEffect, useState } from "react";
import { chatSnippets } from "@/components/snippets/chat-snippets";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code/code-block";
import { CodeTabs } from "@/components/ui/code/code-tabs";
import { Notice } from "@/components/ui/notice";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { formatDuration } from "@/shared/format/time";
import { FailureNotice } from "../../../_client/failure-notice";
import { AnswerText } from "../../_components/answer-text";
import { StatusBadge } from "../../_components/request-status";
import type { Answer, Output, Run } from "../_lib/answer";
import type { Delivery } from "../_lib/draft/draft";

interface AnswerColumnProps {
  model: string;
  run: Run;
  /** The call as the form has it now. */
  body: object;
  delivery: Delivery;
  baseUrl: string;
  onStop: () => void;
  /** Adds the answer to the conversation. */
  onContinue: (output: Output) => void;
}

/** One model's answer. Its box has the height of a short answer from the start, and grows at the bottom only. */
export function AnswerColumn({ model, run, body, delivery, baseUrl, onStop, onContinue }: AnswerColumnProps) {
  const { answer, json } = run;
  const output = answer?.status === "completed" ? answer.output : null;
  const samples =
    delivery === "stream"
      ? chatSnippets({ baseUrl, body, stream: true })
      : inferenceSnippets({ baseUrl, body });
  return (
    <Card aria-label={`Answer of ${model}`} className="@container flex min-w-0 flex-col p-4 sm:p-5">
      <header className="mb-3 flex min-h-8 items-center justify-between gap-3">
        <h2 className="min-w-0 truncate font-semibold">{model}</h2>
        <Status run={run} onStop={onStop} />
      </header>
      <Tabs defaultValue="answer" className="flex flex-1 flex-col">
        <TabsList aria-label={`Answer of ${model}, and code`}>
          <TabsTrigger value="answer">Answer</TabsTrigger>
          <TabsTrigger value="json">JSON</TabsTrigger>
          <TabsTrigger value="code">Code</TabsTrigger>
        </TabsList>
        <TabsContent value="answer" className="flex flex-1 flex-col gap-4 data-[state=inactive]:hidden">
          <div className="min-h-44 flex-1" aria-live="polite" aria-busy={run.running}>
            <AnswerPanel run={run} />
          </div>
          {output && (
            <Button
              variant="secondary"
              size="sm"
              className="justify-self-start self-start"
              onClick={() => onContinue(output)}
            >
              {output.tool_calls ? "Reply to the tool call" : "Continue from this answer"}
            </Button>
          )}
          <AnswerFacts answer={answer} />
        </TabsContent>
        <TabsContent value="json">
          {json ? (
            <CodeBlock code={JSON.stringify(json, null, 2)} label="the answer as JSON" wrap />
          ) : (
            <p className="text-muted">The API’s full response appears here.</p>
          )}
        </TabsContent>
        <TabsContent value="code">
          <p className="mb-3 text-muted">
            The same call from your code. It reads your key from <code>AGATHA_API_KEY</code>.
          </p>
          {/* Each delivery has languages of its own. */}
          <CodeTabs key={delivery} samples={samples} label="The same call" />
        </TabsContent>
      </Tabs>
    </Card>
  );
}

function Status({ run, onStop }: { run: Run; onStop: () => void }) {
  const { running, stopping, answer, id, sentAt, kept } = run;
  if (running && sentAt !== null) {
    return (
      <span className="flex shrink-0 items-center gap-2">
        <Elapsed since={answer?.created_at ?? sentAt} />
        <StatusBadge status={answer?.status ?? "queued"} />
        <Button
          variant="secondary"
          size="icon-sm"
          pending={stopping}
          aria-label="Stop"
          title="Stop (Esc)"
          onClick={onStop}
        >
          {!stopping && <Square aria-hidden="true" />}
        </Button>
      </span>
    );
  }
  if (!answer) return null;
  return (
    <span className="flex shrink-0 items-center gap-3">
      <StatusBadge status={answer.status} />
      {kept && id !== null && (
        <Button asChild variant="link" size="inline">
          <Link href={`/requests/${id}`}>
            Open<span className="sr-only"> the request</span>
          </Link>
        </Button>
      )}
    </span>
  );
}

function AnswerPanel({ run: { answer, running, error, sentAt } }: { run: Run }) {
  if (error) return <FailureNotice error={error} title="Couldn’t get an answer" />;
  if (sentAt === null) {
    return <p className="text-muted">The answer appears here, with its tokens, cost and time.</p>;
  }
  return (
    <div className="grid gap-4">
      {answer?.output ? (
        <AnswerText output={answer.output} live={running} finishReason={answer.finish_reason} />
      ) : (
        running && <p className="text-muted">Waiting for the answer</p>
      )}
      {answer?.error && <AnswerProblem error={answer.error} />}
      {answer?.status === "cancelled" && (
        <p className="text-muted">
          {answer.output
            ? "Stopped. Only what had arrived is billed."
            : "Stopped before it answered. Nothing was billed."}
        </p>
      )}
      {answer?.model_notice && <Notice tone="attention">{answer.model_notice}</Notice>}
    </div>
  );
}

function AnswerProblem({ error: { message, request_id } }: { error: NonNullable<Answer["error"]> }) {
  return (
    <Notice tone="danger">
      {message}
      {request_id && (
        <span className="mt-1 block text-[13px] text-muted">
          Request ID for support: <code className="break-all">{request_id}</code>
        </span>
      )}
    </Notice>
  );
}

const unknown = "–";

/** Tokens, cost and time. Shown from the start, so that nothing moves when the values arrive. */
function AnswerFacts({ answer }: { answer: Answer | undefined }) {
  const { usage = null, cost_micros = null, created_at, completed_at } = answer ?? {};
  const took = created_at && completed_at ? Date.parse(completed_at) - Date.parse(created_at) : null;
  const facts: [string, string][] = [
    ["Input", usage ? formatCount(usage.input_tokens) : unknown],
    ["Output", usage ? formatCount(usage.output_tokens) : unknown],
    ["Cost", cost_micros === null ? unknown : formatMoney(cost_micros)],
    ["Time", took === null ? unknown : formatDuration(took)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2 border-t pt-3 @sm:grid-cols-4">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt className="text-[13px] text-muted">{term}</dt>
          <dd className="num font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const TICK_MS = 100;

/** A running count of seconds. Hidden from screen readers, which would read every tick. */
function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, now - Date.parse(since)) / 1000;
  return (
    <span aria-hidden="true" className="num font-mono text-[13px]">
      {seconds.toFixed(1)} s
    </span>
  );
}
