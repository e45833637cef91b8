import { CodeBlock } from "@/components/ui/code/code-block";
import { publicUrl } from "../../../../_lib/public-url";
import { Code, Guide, GuideLink, List, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";
import { FactsTable } from "../_components/facts-table";

export const metadata = guideMetadata("/docs/keys");

export default function KeysGuidePage() {
  const url = publicUrl();
  return (
    <Guide path="/docs/keys">
      <Section id="environments" title="Live and test">
        <FactsTable
          caption="The two environments"
          columns={["Key", "Who answers, and what it costs"]}
          rows={[
            [
              <Code key="live">agt_live_…</Code>,
              "The provider. Tokens count toward your plan, and every response states its cost. Requires a verified email.",
            ],
            [
              <Code key="test">agt_test_…</Code>,
              "A deterministic simulator, with the same fields and errors. Nothing is counted or charged.",
            ],
          ]}
        />
        <p>
          Both use the same URL, so going live means changing only the key. The two environments are separate:
          a key sees and changes only its own environment’s data, and an ID from the other one is not found.
          With an access token, you choose with <Code>environment</Code>: it’s live unless you set test or
          all.
        </p>
      </Section>

      <Section id="sending" title="Sending a key">
        <p>
          Send it as <Code>Authorization: Bearer</Code>, or as <Code>x-api-key</Code> if you need that header
          for something else. Keep it on a server: anyone who has the key can spend your money.
        </p>
        <CodeBlock
          label="A call with a key"
          wrap
          code={`curl ${url}/api/v1/models -H "Authorization: Bearer $AGATHA_API_KEY"`}
        />
      </Section>

      <Section id="bounds" title="Key limits">
        <p>You set limits when you create a key. Every request must pass them all.</p>
        <List>
          <li>
            <strong className="font-medium">Scopes.</strong> By default, a key can call models and read its
            own requests. No key can create keys, invite people or change billing.
          </li>
          <li>
            <strong className="font-medium">Models.</strong> Others return <Code>model_not_allowed</Code>.
          </li>
          <li>
            <strong className="font-medium">IP addresses.</strong> IPv4 or IPv6, single or as a range; others
            return <Code>ip_not_allowed</Code>.
          </li>
          <li>
            <strong className="font-medium">Requests per minute</strong> for this key, within the plan limit.
          </li>
          <li>
            <strong className="font-medium">A monthly spend cap.</strong> See{" "}
            <GuideLink href="/docs/billing#caps">Billing and caps</GuideLink>.
          </li>
          <li>
            <strong className="font-medium">An expiration date.</strong> The overview reminds you a week
            before.
          </li>
        </List>
        <p>
          A key can also turn on the response cache for its calls under <Code>/v1</Code>: a repeated call gets
          the stored answer, at no cost, for as long as you choose. See{" "}
          <GuideLink href="/docs/openai#repeats">OpenAI compatibility</GuideLink>.
        </p>
      </Section>

      <Section id="rotating" title="Rotating a key">
        <p>
          Rotating creates a replacement key with the same limits. The old one keeps working for a grace
          period you choose: an hour, a day, a week, or none. Deploy the new secret in that time and no call
          fails. If a secret may have leaked, rotate it at once with no grace period.
        </p>
        <p>
          A revoked key stops working everywhere within five seconds. It stays in the list, so you can still
          see what it did.
        </p>
      </Section>

      <Section id="leaked" title="A key found in public">
        <p>
          Keys match <Code>{"agt_(live|test)_([a-z][a-z0-9]{1,7}_)?[0-9A-Za-z]{38}"}</Code>; SCIM tokens begin
          with <Code>agt_scim_</Code>, client secrets of apps with <Code>agt_app_</Code> and of service
          accounts with <Code>agt_svc_</Code>, refresh tokens with <Code>agr_</Code>. If you find one that
          isn’t yours, send it to <Code>POST /api/v1/leaked-keys</Code>; no account is needed. It’s revoked,
          and its owner is emailed.
        </p>
      </Section>
    </Guide>
  );
}
