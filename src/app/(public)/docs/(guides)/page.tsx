import type { Metadata } from "next";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { CodeBlock } from "@/components/ui/code-block";
import { CodeTabs } from "@/components/ui/code-tabs";
import { publicUrl } from "../../../_lib/public-url";
import { sampleModel } from "../../../_lib/sample-model";
import { Code, Guide, GuideLink, List, Section } from "./_components/guide";

export const metadata: Metadata = {
  title: "Getting started",
  description: "From an account to the first completion, and what to know before production.",
};

export default function GettingStartedPage() {
  const url = publicUrl();
  const model = sampleModel();
  const body = {
    model: model.id,
    messages: [{ role: "user", content: "Why does an agate have bands?" }],
    max_tokens: 200,
  };
  return (
    <Guide
      title="Getting started"
      lead="From an account to the first completion, and what to know before production."
    >
      <Section id="key" title="1. Make a key">
        <p>
          <GuideLink href="/sign-up">Create an account</GuideLink>, confirm your address, and create a key
          under <strong className="font-medium">API keys</strong>. Its secret is shown once. A test key (
          <Code>agt_test_</Code>) is answered by a deterministic simulator in the same shapes and costs
          nothing; a live key (<Code>agt_live_</Code>) reaches the provider.
        </p>
        <p>
          Send it as <Code>Authorization: Bearer</Code> or <Code>x-api-key</Code>.
        </p>
      </Section>

      <Section id="prompt" title="2. Send a prompt">
        <CodeTabs samples={inferenceSnippets({ baseUrl: url, body })} label="A first completion" />
        <p>
          Without <Code>Prefer: wait</Code> the answer is <Code>202</Code> at once, with an id and links. Ask
          for the result until it is there: <Code>202</Code> with <Code>retry-after</Code> while the request
          is queued or processing, <Code>200</Code> once it ended. A request that failed also answers{" "}
          <Code>200</Code>, with <Code>{`"status":"failed"`}</Code> and its error; failures cost nothing.
        </p>
        <CodeBlock
          label="Asking for the result"
          wrap
          code={`curl ${url}/api/v1/inference/$REQUEST_ID/result -H "Authorization: Bearer $AGATHA_API_KEY"`}
        />
      </Section>

      <Section id="playground" title="Or without code">
        <p>
          The playground sends the same call: to up to four models side by side, with tools whose calls you
          answer yourself, and with answers by a JSON schema. Before you send it says what the call will take
          and whether it fits your plan; afterwards its Code tab has the call as curl, Python and TypeScript.
        </p>
      </Section>

      <Section id="retry" title="3. Retry without paying twice">
        <p>
          Give each request an <Code>Idempotency-Key</Code> of your own. For 24 hours the same key and body
          give the first answer again, marked <Code>idempotent-replayed: true</Code>; the same key with
          another body is refused with <Code>422</Code>. When a connection breaks and you do not know whether
          we accepted, send the same request again.
        </p>
      </Section>

      <Section id="usage" title="4. See what it cost">
        <p>
          Every result carries the provider's own token counts and its price in micro-dollars.{" "}
          <Code>GET /api/v1/usage</Code> sums them by hour, day or month, and by model, key or member;{" "}
          <Code>GET /api/v1/history</Code> lists the requests; <Code>GET /api/v1/rate-limit</Code> shows what
          is left. The portal shows the same under Usage and Requests.
        </p>
      </Section>

      <Section id="more" title="Where to go on">
        <List>
          <li>
            <GuideLink href="/docs/keys">Keys and environments</GuideLink>: what a key may do, and how to
            replace one without a gap.
          </li>
          <li>
            <GuideLink href="/docs/requests">Requests and results</GuideLink>: waiting, asking again,
            cancelling.
          </li>
          <li>
            <GuideLink href="/docs/billing">Billing and caps</GuideLink>: what is paid when, and how to bound
            it.
          </li>
          <li>
            <GuideLink href="/docs/api">API reference</GuideLink>: every operation, with a form to try it with
            your own key.
          </li>
        </List>
      </Section>
    </Guide>
  );
}
