import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { pollingSnippets } from "@/components/snippets/polling-snippets";
import { CodeBlock } from "@/components/ui/code/code-block";
import { CodeTabs } from "@/components/ui/code/code-tabs";
import { publicUrl } from "../../../../_lib/public-url";
import { sampleModel } from "../../../../_lib/sample-model";
import { Code, Guide, GuideLink, List, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";
import { FactsTable } from "../_components/facts-table";

export const metadata = guideMetadata("/docs/requests");

const statuses = [
  ["queued", "Accepted and saved. It will end, even if the machine running it fails."],
  ["processing", "A worker is calling the provider."],
  ["completed", "The result is ready, with the provider’s token counts and the cost."],
  ["failed", "The provider couldn’t answer after several tries. The result says why. Nothing is charged."],
  ["cancelled", "You canceled it. Nothing is charged."],
] as const;

export default function RequestsGuidePage() {
  const url = publicUrl();
  const body = { model: sampleModel().id, prompt: "Why does an agate have bands?" };
  return (
    <Guide path="/docs/requests">
      <Section id="states" title="Request states">
        <FactsTable
          caption="Request states"
          columns={["Status", "Meaning"]}
          rows={statuses.map(([status, meaning]) => [<Code key={status}>{status}</Code>, meaning])}
        />
      </Section>

      <Section id="faithful" title="What reaches the model">
        <p>
          The model gets exactly what you send: every message, tool and schema, in order. If its provider
          expects another format, we convert your request and convert the answer back. If the provider doesn’t
          support something at all, the request is refused when you submit it, with the field in{" "}
          <Code>param</Code>, and costs nothing.
        </p>
        <List>
          <li>
            Answer each tool call with one tool message, right after the message with the calls, in any order.
            Send call IDs back exactly as you received them.
          </li>
          <li>
            <Code>max_tokens</Code> is for the answer. A reasoning model gets extra tokens to think; they’re
            held too, and those it uses are charged as output.
          </li>
          <li>
            You can send null for an optional field, and send an answer back whole. Dated and prefixed model
            names, such as <Code>openai/gpt-4o</Code>, work too.
          </li>
        </List>
      </Section>

      <Section id="waiting" title="Waiting in the call">
        <p>
          With <Code>Prefer: wait=60</Code> the call waits until the request ends, up to 60 seconds, and
          returns <Code>200</Code> with the result. If it takes longer, the call returns <Code>202</Code> with
          the ID, and the request keeps running.
        </p>
        <CodeTabs samples={inferenceSnippets({ baseUrl: url, body })} label="Waiting for the result" />
      </Section>

      <Section id="polling" title="Polling">
        <p>
          Without <Code>Prefer</Code> the call returns <Code>202</Code> at once. Poll for the result:{" "}
          <Code>202</Code> with <Code>retry-after</Code> while the request runs, <Code>200</Code> once it has
          ended. Polling doesn’t count toward your requests per minute.
        </p>
        <CodeTabs samples={pollingSnippets({ baseUrl: url, body })} label="Polling for the result" />
        <p>
          <Code>GET /api/v1/inference/:id</Code> returns only the status and times, without the text.
        </p>
      </Section>

      <Section id="retrying" title="Retrying safely">
        <p>
          Give each request its own <Code>Idempotency-Key</Code>, up to 255 visible ASCII characters. For 24
          hours,
        </p>
        <List>
          <li>
            the same key and body return the first response again, marked{" "}
            <Code>idempotent-replayed: true</Code>,
          </li>
          <li>
            the same key while the first call is still being accepted returns <Code>409</Code> with{" "}
            <Code>retry-after</Code>,
          </li>
          <li>
            the same key with a different body returns <Code>422</Code>.
          </li>
        </List>
        <p>
          If a connection drops and you don’t know whether we accepted the request, send it again: it runs
          once and costs once.
        </p>
      </Section>

      <Section id="cancelling" title="Canceling">
        <p>
          You can cancel a request that hasn’t ended. Its held tokens are released at once, and it costs
          nothing. If it has already ended, the call returns <Code>request_not_cancellable</Code>.
        </p>
        <CodeBlock
          label="Canceling a request"
          wrap
          code={`curl -X POST ${url}/api/v1/inference/$REQUEST_ID/cancel \\\n  -H "Authorization: Bearer $AGATHA_API_KEY"`}
        />
      </Section>

      <Section id="labels" title="Metadata">
        <p>
          <Code>metadata</Code> takes up to 16 names and values, such as your customer’s number. Use them to
          find requests in the <GuideLink href="/docs/usage#history">history</GuideLink>. They’re stored
          encrypted, like the prompt.
        </p>
      </Section>
    </Guide>
  );
}
