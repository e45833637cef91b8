"use client";

import Link from "next/link";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";
import { CodeTabs } from "@/components/ui/code-tabs";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { FailureNotice } from "../../client/failure-notice";
import { AnswerText } from "../requests/answer-text";
import { StatusBadge } from "../requests/request-status";
import { AnswerFacts } from "./answer-facts";
import { Elapsed } from "./elapsed";
import type { Run } from "./use-run";

interface AnswerPanelProps {
  run: Run;
  body: object;
  baseUrl: string;
}

export function AnswerPanel({ run, body, baseUrl }: AnswerPanelProps) {
  return (
    <Card aria-label="Answer">
      <Tabs defaultValue="answer" className="p-4 sm:p-5">
        <TabsList aria-label="Answer and code">
          <TabsTrigger value="answer">Answer</TabsTrigger>
          <TabsTrigger value="json">JSON</TabsTrigger>
          <TabsTrigger value="code">Code</TabsTrigger>
        </TabsList>
        <TabsContent value="answer" aria-live="polite" aria-busy={run.running}>
          <Answer run={run} />
        </TabsContent>
        <TabsContent value="json">
          {run.result ? (
            <CodeBlock code={JSON.stringify(run.result, null, 2)} label="the answer as JSON" wrap />
          ) : (
            <p className="text-muted">The whole answer, as the API returns it, appears here.</p>
          )}
        </TabsContent>
        <TabsContent value="code">
          <p className="mb-3 text-muted">
            The same call from your code. It reads the key from <code>AGATHA_API_KEY</code>.
          </p>
          <CodeTabs samples={inferenceSnippets({ baseUrl, body })} label="The same call" />
        </TabsContent>
      </Tabs>
    </Card>
  );
}

function Answer({ run }: { run: Run }) {
  const { result, accepted, running, error } = run;
  if (error) return <FailureNotice error={error} title="The request was not answered" />;
  if (running) {
    const shown = result ?? (accepted ? { status: accepted.status, created_at: accepted.created_at } : null);
    return (
      <div className="flex min-h-40 items-center justify-center gap-3 text-muted">
        {shown ? (
          <>
            <StatusBadge status={shown.status} />
            <Elapsed since={shown.created_at} />
          </>
        ) : (
          "Sending"
        )}
      </div>
    );
  }
  if (!result) {
    return (
      <EmptyState className="border-0 px-0 py-4" title="The answer appears here">
        With its tokens, its cost and how long it took.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-4">
      <div className="flex items-center justify-between gap-3">
        <StatusBadge status={result.status} />
        <Button asChild variant="link" size="inline">
          <Link href={`/requests/${result.id}`}>Open the request</Link>
        </Button>
      </div>
      {result.error && <Notice tone="danger">{result.error.message}</Notice>}
      {result.status === "cancelled" && (
        <p className="text-muted">Cancelled before an answer came. Nothing was billed.</p>
      )}
      {result.output && <AnswerText output={result.output} finishReason={result.finish_reason} />}
      {result.model_notice && <Notice tone="attention">{result.model_notice}</Notice>}
      <AnswerFacts result={result} />
    </div>
  );
}
