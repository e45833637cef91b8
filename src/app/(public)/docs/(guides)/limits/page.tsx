import { ListTable } from "@/components/data/list-table";
import { andList } from "@/components/format/list";
import { CodeBlock } from "@/components/ui/code/code-block";
import { paidPlanNames, plans } from "@/shared/plans";
import { publicUrl } from "../../../../_lib/public-url";
import { sampleModel } from "../../../../_lib/sample-model";
import { Code, Guide, GuideLink, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";
import { FactsTable } from "../_components/facts-table";

export const metadata = guideMetadata("/docs/limits");

const count = (value: number) => value.toLocaleString("en-US");

const headers = [
  ["x-ratelimit-limit-requests", "Requests allowed per minute."],
  ["x-ratelimit-remaining-requests", "Requests left now."],
  ["x-ratelimit-reset-requests", "Seconds until the current window ends."],
  ["x-ratelimit-limit-tokens", "Your plan’s tokens per month; absent on an unlimited plan."],
  ["x-ratelimit-remaining-tokens", "Tokens left, minus tokens held."],
  ["x-ratelimit-reset-tokens", "Seconds until tokens reset."],
  ["retry-after", "With 429 and 503: seconds to wait."],
  ["x-should-retry", "false when retrying can’t help, such as when you’ve used all of this month’s tokens."],
] as const;

export default function LimitsPage() {
  return (
    <Guide path="/docs/limits">
      <Section id="plans" title="Plan limits">
        <ListTable
          caption="Limits of each plan"
          columns={[
            { name: "Plan", className: "font-medium", cell: ({ name }) => name },
            {
              name: "Requests/min",
              kind: "number",
              cell: ({ requestsPerMinute }) => count(requestsPerMinute),
            },
            {
              name: "Tokens/month",
              kind: "number",
              cell: ({ tokensPerMonth }) => (tokensPerMonth === null ? "Unlimited" : count(tokensPerMonth)),
            },
          ]}
          rows={Object.values(plans)}
          rowKey={({ name }) => name}
        />
      </Section>

      <Section id="requests" title="Requests per minute">
        <p>
          Requests that run a model are counted per organization in a sliding minute: the previous minute
          counts in proportion to how much of it falls within the last 60 seconds. A key can have a lower
          limit of its own. Fetching results, listing and everything else has its own generous limit, so
          polling never uses up what you paid for.
        </p>
      </Section>

      <Section id="tokens" title="Tokens per month">
        <p>
          The month is your subscription’s billing period; on Free it’s the calendar month in UTC. On the day
          you pay, all of your plan’s tokens are available. If the plan changes within a period, each plan
          counts for its share of it. <Code>reset_at</Code> in <Code>GET /api/v1/rate-limit</Code> says when
          tokens reset.
        </p>
        <p>
          Before we accept a request, we hold the most tokens it can use: an upper bound of its input plus its{" "}
          <Code>max_tokens</Code> (if you set none, 4,096 or the model’s maximum, whichever is smaller). When
          it ends, the provider’s count replaces what was held and the rest is released; a failed request, or
          a queued one you cancel, releases all of it. A request that doesn’t fit is refused with{" "}
          <Code>quota_exceeded</Code> before it costs anything, so you never go past your monthly tokens by
          accident. A smaller <Code>max_tokens</Code> holds less.
        </p>
        <p>
          On {andList(paidPlanNames)}, you can turn on overage to continue past your monthly tokens at model
          prices. See <GuideLink href="/docs/billing">Billing and caps</GuideLink> for how it works and how to
          cap it.
        </p>
      </Section>

      <Section id="quote" title="Quotes">
        <p>
          <Code>POST /api/v1/inference/quote</Code> takes the same body as a request and returns what it would
          hold in tokens and dollars, how much of your monthly tokens and spend caps is left, and whether it
          fits. It makes the same checks with the same errors, runs no model, costs nothing, and doesn’t count
          toward requests per minute. The playground shows it while you type.
        </p>
        <CodeBlock
          label="Getting a quote"
          code={`curl ${publicUrl()}/api/v1/inference/quote \\
  -H "Authorization: Bearer $AGATHA_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model":"${sampleModel().id}","prompt":"Name three agates.","max_tokens":200}'`}
        />
        <p>A quote holds nothing: room that is there now may be taken by another request a moment later.</p>
      </Section>

      <Section id="headers" title="Headers">
        <p>
          They’re on every response. <Code>GET /api/v1/rate-limit</Code> returns the same figures and doesn’t
          count toward any limit.
        </p>
        <FactsTable
          caption="Rate-limit headers"
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
