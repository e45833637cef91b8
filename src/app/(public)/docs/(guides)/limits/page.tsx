import { plans } from "@agathaai/core/plans";
import type { Metadata } from "next";
import { CodeBlock } from "@/components/ui/code-block";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { publicUrl } from "../../../../_lib/public-url";
import { sampleModel } from "../../../../_lib/sample-model";
import { FactsTable } from "../_components/facts-table";
import { Code, Guide, GuideLink, Section } from "../_components/guide";

export const metadata: Metadata = {
  title: "Limits",
  description: "Requests a minute and tokens a month of each plan, and how they are counted.",
};

const count = (value: number) => value.toLocaleString("en-US");

const headers = [
  ["x-ratelimit-limit-requests", "Requests that fit into a minute."],
  ["x-ratelimit-remaining-requests", "How many are left now."],
  ["x-ratelimit-reset-requests", "Seconds until the present window ends."],
  ["x-ratelimit-limit-tokens", "Tokens of the plan a month; absent on an unlimited plan."],
  ["x-ratelimit-remaining-tokens", "How many are left, reservations taken off."],
  ["x-ratelimit-reset-tokens", "Seconds until the month ends."],
  ["retry-after", "With 429 and 503: seconds to wait."],
  ["x-should-retry", "false where trying again cannot help, as when the month's tokens are spent."],
] as const;

export default function LimitsPage() {
  return (
    <Guide title="Limits" lead="A plan has two limits: requests a minute, and tokens a month.">
      <Section id="plans" title="What each plan allows">
        <Table>
          <caption className="sr-only">Limits of each plan</caption>
          <TableHead>
            <tr>
              <TableHeader>Plan</TableHeader>
              <TableHeader className="text-right">Requests a minute</TableHeader>
              <TableHeader className="text-right">Tokens a month</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {Object.values(plans).map(({ name, requestsPerMinute, tokensPerMonth }) => (
              <TableRow key={name}>
                <TableCell className="font-medium">{name}</TableCell>
                <TableCell className="text-right tabular-nums">{count(requestsPerMinute)}</TableCell>
                <TableCell className="text-right tabular-nums">
                  {tokensPerMonth === null ? "Unlimited" : count(tokensPerMonth)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Section>

      <Section id="requests" title="Requests a minute">
        <p>
          Requests that run a model are counted for the organization in a sliding minute: the minute before
          counts in proportion to how much of it the last 60 seconds still cover. A key can have a smaller
          limit of its own. Asking for a result, listing and everything else has a wide allowance apart, so
          that polling never eats what you paid for.
        </p>
      </Section>

      <Section id="tokens" title="Tokens a month">
        <p>
          The month is your subscription's billing period; on Free it is the calendar month in UTC. A plan you
          pay for is there in full on the day you pay. If the plan changes within a period, each plan counts
          for its share of it. <Code>reset_at</Code> in <Code>GET /api/v1/rate-limit</Code> says when tokens
          reset.
        </p>
        <p>
          Before a request is accepted, we reserve an upper bound of its input and its <Code>max_tokens</Code>{" "}
          (4,096, or the model's maximum if smaller, when you set none). When it ends, the reservation becomes
          the provider's own count; a failed or cancelled request gives all of it back. What does not fit is
          refused with <Code>quota_exceeded</Code> before it costs anything, so the month is never overspent.
          A smaller <Code>max_tokens</Code> reserves less.
        </p>
        <p>
          On Pro and Plus you may agree to go on past the quota, at the models' prices:{" "}
          <GuideLink href="/docs/billing">Billing and caps</GuideLink> says how, and how to bound it.
        </p>
      </Section>

      <Section id="quote" title="Ask first">
        <p>
          <Code>POST /api/v1/inference/quote</Code> takes the same body as a request and says what it would
          reserve in tokens and money, how the quota and the spend caps stand, and whether it fits them. It
          makes the same checks with the same errors, runs no model, costs nothing, and takes nothing from the
          requests a minute. The playground shows it while you write.
        </p>
        <CodeBlock
          label="Asking for a quote"
          code={`curl ${publicUrl()}/api/v1/inference/quote \\
  -H "Authorization: Bearer $AGATHA_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model":"${sampleModel().id}","prompt":"Name three agates.","max_tokens":200}'`}
        />
        <p>It holds no place free: room that is there now may be taken by another request a moment later.</p>
      </Section>

      <Section id="headers" title="Headers">
        <p>
          They are on every answer. <Code>GET /api/v1/rate-limit</Code> states the same without spending any.
        </p>
        <FactsTable
          caption="Headers that state limits"
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
