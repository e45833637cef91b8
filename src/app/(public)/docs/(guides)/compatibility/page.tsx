import { connection } from "next/server";
import { getCompatibility } from "@/server/public-pages";
import { Code, Guide, GuideLink, List, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";
import { CompatibilityTable } from "./_components/compatibility-table";

export const metadata = guideMetadata("/docs/compatibility");

export default async function CompatibilityPage() {
  await connection();
  const { chat, embeddings } = await getCompatibility();
  return (
    <Guide path="/docs/compatibility">
      <Section id="words" title="How to read the tables">
        <p>
          These tables are generated from the checks that every call goes through, for every model that isn’t
          deprecated. Nothing is silently dropped.
        </p>
        <List>
          <li>
            <strong className="font-medium">Kept</strong>: it means what it means at OpenAI.
          </li>
          <li>
            <strong className="font-medium">Adapted</strong>: it is sent to the provider in another form, with
            the same meaning.
          </li>
          <li>
            <strong className="font-medium">Refused</strong>: the call returns{" "}
            <Code>unsupported_parameter</Code> or <Code>unknown_parameter</Code> before it costs anything, and{" "}
            <Code>param</Code> names the field. A value that changes nothing, such as <Code>n: 1</Code>, is
            accepted everywhere.
          </li>
          <li>
            <strong className="font-medium">Not sent</strong>: the provider has no field for it, and the
            answer is the same without it. Without a tool’s <Code>strict</Code>, check the arguments you get:
            nothing holds them to the schema. The header <Code>x-agatha-not-sent</Code> names the field.
          </li>
        </List>
      </Section>
      <Section id="chat" title="Chat completions">
        <CompatibilityTable caption="Fields of chat completions, by provider" rows={chat} />
        <p>
          With a test key, <Code>n</Code> above 1 and <Code>logprobs</Code> are refused for every model: the
          simulator has neither. Where they reason with tools or <Code>include_reasoning</Code>, OpenAI models
          refuse <Code>stop</Code>, <Code>seed</Code>, <Code>n</Code>, <Code>logprobs</Code>,{" "}
          <Code>logit_bias</Code>, <Code>prediction</Code> and the penalties: the API that answers such calls
          has none of them. It also refuses <Code>max_completion_tokens</Code> below 16.
        </p>
      </Section>
      <Section id="embeddings" title="Embeddings">
        <CompatibilityTable caption="Fields of embeddings, by provider" rows={embeddings} />
        <p>
          How streams, errors and billing work is under{" "}
          <GuideLink href="/docs/openai">OpenAI-compatible API</GuideLink>; what each model can do and costs
          is under <GuideLink href="/pricing#model-prices">Pricing</GuideLink>.
        </p>
      </Section>
    </Guide>
  );
}
