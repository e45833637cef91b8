import type { Metadata } from "next";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { pollingSnippets } from "@/components/snippets/polling-snippets";
import { CodeBlock } from "@/components/ui/code-block";
import { CodeTabs } from "@/components/ui/code-tabs";
import { publicUrl } from "../../../../_lib/public-url";
import { sampleModel } from "../../../../_lib/sample-model";
import { FactsTable } from "../_components/facts-table";
import { Code, Guide, GuideLink, List, Section } from "../_components/guide";

export const metadata: Metadata = {
  title: "Requests and results",
  description: "How a request runs, how to wait for its result or come back for it, and how to cancel it.",
};

const statuses = [
  [
    "queued",
    "Accepted and kept. From here on it comes to an end, whatever happens to the machine it runs on.",
  ],
  ["processing", "A worker has it, and is talking to the provider."],
  ["completed", "The result is there, with the provider's own token counts and the price."],
  ["failed", "The provider could not answer, after several tries. The result says why. Nothing is charged."],
  ["cancelled", "You stopped it. Nothing is charged."],
] as const;

export default function RequestsGuidePage() {
  const url = publicUrl();
  const body = { model: sampleModel().id, prompt: "Why does an agate have bands?" };
  return (
    <Guide
      title="Requests and results"
      lead="A request is accepted, runs, and comes to exactly one end. You may wait for that end, or come back for it."
    >
      <Section id="states" title="The life of a request">
        <FactsTable
          caption="The states of a request"
          columns={["Status", "Meaning"]}
          rows={statuses.map(([status, meaning]) => [<Code key={status}>{status}</Code>, meaning])}
        />
      </Section>

      <Section id="faithful" title="What reaches the model">
        <p>
          What you send is what the model gets: every message, tool and schema, in its place. Where its maker
          takes something only in another form, we use that form and turn the answer back. What it does not
          take at all is refused when you submit it, with the field in <Code>param</Code>. Such a request
          costs nothing.
        </p>
        <List>
          <li>
            Answer each tool call with one tool message, right after the call. The order among them is free.
            Send the ids of calls back exactly as they came.
          </li>
          <li>
            <Code>max_tokens</Code> is for the answer. A model that thinks gets its own room beside it, which
            is reserved too and charged as output as far as it is used.
          </li>
          <li>
            Null for an optional field, and an answer sent back whole, are fine. So are dated and prefixed
            model names, such as <Code>openai/gpt-4o</Code>.
          </li>
        </List>
      </Section>

      <Section id="waiting" title="Waiting in the call">
        <p>
          With <Code>Prefer: wait=60</Code> the call stays open until the request ends, 60 seconds at most.
          The answer is then <Code>200</Code> with the result. If it takes longer, it is <Code>202</Code> with
          the id, and the request goes on.
        </p>
        <CodeTabs samples={inferenceSnippets({ baseUrl: url, body })} label="Waiting for the result" />
      </Section>

      <Section id="polling" title="Coming back for it">
        <p>
          Without <Code>Prefer</Code> the answer is <Code>202</Code> at once. Ask for the result until it is
          there: <Code>202</Code> with <Code>retry-after</Code> while the request runs, <Code>200</Code> once
          it ended. Asking never counts against what your plan lets you run.
        </p>
        <CodeTabs samples={pollingSnippets({ baseUrl: url, body })} label="Asking for the result" />
        <p>
          <Code>GET /api/v1/inference/:id</Code> answers the status and times alone, without the text.
        </p>
      </Section>

      <Section id="retrying" title="Sending again safely">
        <p>
          Give each request an <Code>Idempotency-Key</Code> of your own, up to 255 visible ASCII characters.
          For 24 hours
        </p>
        <List>
          <li>
            the same key and body give the first answer again, marked <Code>idempotent-replayed: true</Code>,
          </li>
          <li>
            the same key while the first call is still being accepted gives <Code>409</Code> with{" "}
            <Code>retry-after</Code>,
          </li>
          <li>
            the same key with another body gives <Code>422</Code>.
          </li>
        </List>
        <p>
          When a connection breaks and you do not know whether we accepted, send the same request again: it
          runs once and costs once.
        </p>
      </Section>

      <Section id="cancelling" title="Cancelling">
        <p>
          A request that has not ended can be cancelled. Its reserved tokens are free again at once, and it
          costs nothing. One that has ended answers <Code>request_not_cancellable</Code>.
        </p>
        <CodeBlock
          label="Cancelling a request"
          wrap
          code={`curl -X POST ${url}/api/v1/inference/$REQUEST_ID/cancel \\\n  -H "Authorization: Bearer $AGATHA_API_KEY"`}
        />
      </Section>

      <Section id="labels" title="Labels of your own">
        <p>
          <Code>metadata</Code> takes up to 16 names and values, such as your customer's number. Requests are
          found by them under <GuideLink href="/docs/usage#history">History</GuideLink>. They are stored
          encrypted, like the prompt.
        </p>
      </Section>
    </Guide>
  );
}
