import type { Metadata } from "next";
import { CodeBlock } from "@/components/ui/code-block";
import { publicUrl } from "../../../../_lib/public-url";
import { FactsTable } from "../_components/facts-table";
import { Code, Guide, GuideLink, List, Section } from "../_components/guide";

export const metadata: Metadata = {
  title: "Keys and environments",
  description: "Live and test keys, what a key may do, and how to replace one without a gap.",
};

export default function KeysGuidePage() {
  const url = publicUrl();
  return (
    <Guide
      title="Keys and environments"
      lead="A key lets a program call the models for your organization. It belongs to one of two environments."
    >
      <Section id="environments" title="Live and test">
        <FactsTable
          caption="The two environments"
          columns={["Key", "What answers, and what it costs"]}
          rows={[
            [
              <Code key="live">agt_live_…</Code>,
              "The provider. Tokens count toward the plan, and every answer states its price. Needs a confirmed email address.",
            ],
            [
              <Code key="test">agt_test_…</Code>,
              "A deterministic simulator, in the same fields, with the same errors. Nothing counts and nothing costs.",
            ],
          ]}
        />
        <p>
          Both use one address, so moving from test to live is a change of the key and nothing else. The two
          are kept apart: a key sees and changes data of its own environment only, and an ID of the other one
          is not found. With an access token you choose by <Code>environment</Code>: live unless you say test
          or all.
        </p>
      </Section>

      <Section id="sending" title="Sending a key">
        <p>
          As <Code>Authorization: Bearer</Code>, or as <Code>x-api-key</Code> where the first is taken. Keep
          it on a server: who has the key can spend in your name.
        </p>
        <CodeBlock
          label="A call with a key"
          wrap
          code={`curl ${url}/api/v1/models -H "Authorization: Bearer $AGATHA_API_KEY"`}
        />
      </Section>

      <Section id="bounds" title="What a key may do">
        <p>Each bound is set when the key is made, and every call is held against all of them.</p>
        <List>
          <li>
            <strong className="font-medium">Scopes.</strong> Without a choice a key may call models and read
            what it made. No key can make keys, invite people or touch the card.
          </li>
          <li>
            <strong className="font-medium">Models.</strong> Others answer <Code>model_not_allowed</Code>.
          </li>
          <li>
            <strong className="font-medium">Addresses.</strong> IPv4 or IPv6, single or as a range; others
            answer <Code>ip_not_allowed</Code>.
          </li>
          <li>
            <strong className="font-medium">Requests a minute</strong> of this key alone, within the plan's
            limit.
          </li>
          <li>
            <strong className="font-medium">A monthly spend cap.</strong> See{" "}
            <GuideLink href="/docs/billing#caps">Billing and caps</GuideLink>.
          </li>
          <li>
            <strong className="font-medium">An end.</strong> A week before it the overview says so.
          </li>
        </List>
      </Section>

      <Section id="rotating" title="Replacing a key">
        <p>
          Rotating makes a new secret with the same bounds. The old one goes on working for as long as you
          choose: an hour, a day, a week, or not at all. Deploy the new secret in that time and no call fails.
          Rotate the moment a secret may have been seen, with no time left to the old one.
        </p>
        <p>
          A revoked key stops everywhere within five seconds. It stays in the list, so that what it did stays
          readable.
        </p>
      </Section>
    </Guide>
  );
}
