import { CodeBlock } from "@/components/ui/code/code-block";
import { publicUrl } from "../../../../_lib/public-url";
import { sampleModel } from "../../../../_lib/sample-model";
import { Code, Guide, GuideLink, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";
import { FactsTable } from "../_components/facts-table";
import { headers } from "./_lib/headers";

export const metadata = guideMetadata("/docs/openai");

export default function OpenAiPage() {
  const url = publicUrl();
  return (
    <Guide path="/docs/openai">
      <Section id="start" title="Two values change">
        <CodeBlock
          label="Python"
          code={`client = OpenAI(
    base_url="${url}/v1",
    api_key=os.environ["AGATHA_API_KEY"],
)`}
        />
        <CodeBlock
          label="The same with curl"
          code={`curl ${url}/v1/chat/completions \\
  -H "Authorization: Bearer $AGATHA_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model":"${sampleModel().id}","messages":[{"role":"user","content":"Why does an agate have bands?"}]}'`}
        />
        <p>
          To try a Gemini or DeepSeek model, change <Code>model</Code>. Names with a provider’s prefix, such
          as <Code>openai/{sampleModel().id}</Code>, work too. <Code>GET /v1/models</Code> lists the models,{" "}
          <Code>GET /v1/key</Code> shows what your key has left, and <Code>GET /v1/generation?id=</Code>{" "}
          returns a call’s receipt.
        </p>
      </Section>

      <Section id="compatibility" title="Kept, adapted, refused">
        <p>
          If a model can’t do what you ask, the request is refused with <Code>unsupported_parameter</Code>{" "}
          before it costs anything, and the error names the field. Nothing is silently dropped.{" "}
          <GuideLink href="/docs/compatibility">Compatibility</GuideLink> has the table, field by field.
        </p>
      </Section>

      <Section id="embeddings" title="Embeddings">
        <p>
          <Code>POST /v1/embeddings</Code> takes OpenAI’s body for the embedding models of OpenAI and Gemini.
          Every vector has length one. An input that is too long, or too many of them, is refused before it
          costs anything.
        </p>
        <CodeBlock
          label="Embeddings with Python"
          code={`vectors = client.embeddings.create(
    model="text-embedding-3-small",
    input=["Moss agate", "Fire agate"],
)`}
        />
      </Section>

      <Section id="streams" title="Streams">
        <p>
          If a call fails before its first content, you get a regular error status. If it breaks later, the
          stream ends with an <Code>error</Code> object and without <Code>[DONE]</Code>; OpenAI’s SDKs raise
          it. With <Code>stream_options.include_usage</Code>, one more chunk has the usage. Lines that start
          with a colon keep silent connections open; clients skip them.
        </p>
      </Section>

      <Section id="repeats" title="Repeats and dropped connections">
        <p>
          Send an <Code>Idempotency-Key</Code> and a repeated call gets the first one’s answer, streams
          included, at no cost. Send <Code>x-agatha-resumable: true</Code>, or a key, and a dropped connection
          loses nothing: <Code>GET /v1/generations/:id/stream</Code> with <Code>Last-Event-ID</Code> continues
          where you left off. Such calls run to their end when you hang up, and cost what they would have
          cost. Their answers are kept for 24 hours, encrypted.
        </p>
        <p>
          Otherwise nothing of a call is kept but its receipt, unless you send <Code>store: true</Code>. With{" "}
          <Code>x-agatha-cache: on</Code>, the same call gets a stored answer at no cost, for an hour or as
          many seconds as you name. A key can have it on for all its calls.
        </p>
      </Section>

      <Section id="billing" title="What you pay for">
        <p>
          A completed call costs what the provider counted; <Code>usage.cost</Code> has it in dollars. If the
          provider gives no count, the call costs what it comes to at four bytes per token, and its receipt
          says that this is an estimate. A failed call costs nothing. If you hang up before the first byte,
          nothing is billed; after it, the provider’s count if we have it, or else what was delivered,
          estimated the same way. See <GuideLink href="/docs/billing">Billing and caps</GuideLink>.
        </p>
      </Section>

      <Section id="headers" title="Headers">
        <FactsTable
          caption="Headers of this API"
          rows={headers.map(([name, meaning]) => [
            <code key={name} className="text-[13px]">
              {name}
            </code>,
            meaning,
          ])}
        />
      </Section>
    </Guide>
  );
}
