import { CodeBlock } from "@/components/ui/code/code-block";
import { publicUrl } from "../../../../_lib/public-url";
import { Code, Guide, GuideLink, List, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";

export const metadata = guideMetadata("/docs/migrate");

export default function MigratePage() {
  const url = publicUrl();
  return (
    <Guide path="/docs/migrate">
      <Section id="openai" title="From OpenAI">
        <p>OpenAI’s SDKs read both values from the environment, so no code changes:</p>
        <CodeBlock label="Environment" code={`OPENAI_BASE_URL=${url}/v1\nOPENAI_API_KEY=agt_live_…`} />
        <p>
          Or where you create the client: <Code>{`OpenAI(base_url="${url}/v1", api_key=…)`}</Code>. Model
          names stay. Chat Completions, embeddings and the list of models work; fields we don’t know go to
          OpenAI’s models as they are. To try another provider, change <Code>model</Code>.
        </p>
      </Section>

      <Section id="openrouter" title="From OpenRouter">
        <CodeBlock
          label="From OpenRouter, in one line"
          code={`base_url="https://openrouter.ai/api/v1"   # before\nbase_url="${url}/v1"   # after, with a key of ours`}
        />
        <List>
          <li>
            Names with a provider’s prefix work: <Code>openai/gpt-4o</Code>,{" "}
            <Code>google/gemini-3.8-flash</Code>, <Code>deepseek/deepseek-flash</Code>.
          </li>
          <li>
            <Code>models</Code>, the fallback list, keeps its name. The first model that answers is billed,
            and <Code>x-agatha-model</Code> names it.
          </li>
          <li>
            <Code>usage.cost</Code>, <Code>GET /v1/key</Code> and <Code>GET /v1/generation?id=</Code> have
            their counterparts under the same names.
          </li>
          <li>
            Leave out <Code>provider</Code>, <Code>route</Code> and <Code>transforms</Code>: Gemini and
            DeepSeek models refuse them by name here, and OpenAI refuses them itself.
          </li>
        </List>
      </Section>

      <Section id="litellm" title="From LiteLLM">
        <p>Clients of LiteLLM’s proxy change its address and the key:</p>
        <CodeBlock
          label="From LiteLLM’s proxy, in one line"
          code={`base_url="http://litellm:4000"   # before\nbase_url="${url}/v1"   # after, with a key of ours`}
        />
        <p>
          Code that calls LiteLLM’s Python package, or a proxy you keep running, takes us as one more
          provider:
        </p>
        <CodeBlock
          label="LiteLLM’s package"
          code={`litellm.completion(\n    model="openai/gemini-3.8-flash",\n    api_base="${url}/v1",\n    api_key=os.environ["AGATHA_API_KEY"],\n    messages=messages,\n)`}
        />
        <List>
          <li>
            Virtual keys become API keys, with models, requests per minute, IP addresses and an expiry of
            their own.
          </li>
          <li>
            A budget becomes a monthly cap on the key or the organization. A request that could pass it is
            refused before it runs.
          </li>
          <li>
            Fallbacks move from the configuration into the call: <Code>models</Code>.
          </li>
        </List>
      </Section>

      <Section id="check" title="Before you switch">
        <List>
          <li>
            Run your tests with a test key (<Code>agt_test_…</Code>): the same shapes and errors, simulated
            and free.
          </li>
          <li>
            Look up the fields you use under <GuideLink href="/docs/compatibility">Compatibility</GuideLink>.
            What a provider can’t do is refused by name, never dropped.
          </li>
          <li>
            Not offered: OpenAI’s Responses, Assistants, files, batches, images, audio and realtime endpoints.
          </li>
        </List>
      </Section>
    </Guide>
  );
}
