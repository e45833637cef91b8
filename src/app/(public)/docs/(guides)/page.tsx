import { chatSnippets } from "@/components/snippets/chat-snippets";
import { CodeBlock } from "@/components/ui/code/code-block";
import { CodeTabs } from "@/components/ui/code/code-tabs";
import { publicUrl } from "../../../_lib/public-url";
import { sampleModel } from "../../../_lib/sample-model";
import { Code, Guide, GuideLink, List, Section } from "../../_components/guide";
import { guideMetadata } from "../_lib/guides";

export const metadata = guideMetadata("/docs");

export default function GettingStartedPage() {
  const url = publicUrl();
  const model = sampleModel();
  const body = {
    model: model.id,
    messages: [{ role: "user", content: "Why does an agate have bands?" }],
    max_tokens: 200,
  };
  return (
    <Guide path="/docs">
      <Section id="key" title="1. Create a key">
        <p>
          <GuideLink href="/sign-up">Create an account</GuideLink>, verify your email, and create a key under{" "}
          <strong className="font-medium">API keys</strong>. You see its secret once. A test key (
          <Code>agt_test_</Code>) gets simulated answers in the same format, free of charge; a live key (
          <Code>agt_live_</Code>) reaches the provider.
        </p>
        <p>
          Send it as <Code>Authorization: Bearer</Code> or <Code>x-api-key</Code>.
        </p>
      </Section>

      <Section id="prompt" title="2. Send a prompt">
        <p>
          Use OpenAI’s SDK, or any client of OpenAI’s API: the base URL and the key are all that changes, also
          for Gemini and DeepSeek models.
        </p>
        <CodeTabs samples={chatSnippets({ baseUrl: url, body })} label="A first completion" />
        <p>
          The answer has OpenAI’s shape, and its cost in <Code>usage.cost</Code>. With{" "}
          <Code>stream: true</Code> it comes as it is written. See{" "}
          <GuideLink href="/docs/openai">OpenAI-compatible API</GuideLink>.
        </p>
      </Section>

      <Section id="later" title="Or fetch the answer later">
        <p>
          <Code>POST /api/v1/inference</Code> takes the same fields and returns <Code>202</Code> at once, with
          an ID and links. The request is saved, and runs even if your connection drops.
        </p>
        <CodeBlock
          label="Fetching the result"
          wrap
          code={`curl ${url}/api/v1/inference/$REQUEST_ID/result -H "Authorization: Bearer $AGATHA_API_KEY"`}
        />
        <p>
          <Code>202</Code> with <Code>retry-after</Code> means that it is queued or processing,{" "}
          <Code>200</Code> that it has ended. A failed request also returns <Code>200</Code>, with{" "}
          <Code>{`"status":"failed"`}</Code> and its error; failed requests cost nothing. See{" "}
          <GuideLink href="/docs/requests">Requests and results</GuideLink>.
        </p>
      </Section>

      <Section id="playground" title="Or without code">
        <p>
          The playground makes the same call to up to four models side by side and shows each answer as it is
          written, with tools whose results you enter yourself and answers in a JSON schema. Before you send,
          it shows what the call needs and whether it fits your plan. Its Code tab has the call for Node.js,
          Python and curl.
        </p>
      </Section>

      <Section id="retry" title="3. Retry without paying twice">
        <p>
          Give each request to <Code>POST /api/v1/inference</Code> its own <Code>Idempotency-Key</Code>. For
          24 hours, the same key and body return the first response again, marked{" "}
          <Code>idempotent-replayed: true</Code>; the same key with a different body is refused with{" "}
          <Code>422</Code>. If a connection drops and you don’t know whether we accepted the request, send it
          again.
        </p>
      </Section>

      <Section id="usage" title="4. See what it cost">
        <p>
          Every result includes the provider’s token counts and its cost in micro-dollars.{" "}
          <Code>GET /api/v1/usage</Code> adds them up by hour, day or month, and by model, key or member;{" "}
          <Code>GET /api/v1/history</Code> lists requests; <Code>GET /api/v1/rate-limit</Code> shows what you
          have left. The portal shows the same under Usage and Requests.
        </p>
      </Section>

      <Section id="more" title="Next steps">
        <List>
          <li>
            <GuideLink href="/docs/keys">Keys and environments</GuideLink>: what a key can do, and how to
            replace one without downtime.
          </li>
          <li>
            <GuideLink href="/docs/requests">Requests and results</GuideLink>: waiting, polling and canceling.
          </li>
          <li>
            <GuideLink href="/docs/billing">Billing and caps</GuideLink>: what you pay and when, and how to
            limit it.
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
