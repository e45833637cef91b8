import { plans } from "@agathaai/core/plans";
import type { Metadata } from "next";
import { FactsTable } from "../_components/facts-table";
import { Code, Guide, GuideLink, List, Section } from "../_components/guide";

export const metadata: Metadata = {
  title: "Billing and caps",
  description: "What a plan includes, what happens past its tokens, and how spending is bounded.",
};

export default function BillingGuidePage() {
  const pro = plans.pro.pricePerMonthUsd;
  const plus = plans.plus.pricePerMonthUsd;
  return (
    <Guide
      title="Billing and caps"
      lead="A plan is a fixed price with tokens included. Nothing is billed beyond it unless you agree, and then a cap bounds it."
    >
      <Section id="plans" title="Plans">
        <p>
          Free costs nothing and needs no card. Pro is ${pro} a month and Plus ${plus}, paid in advance
          through Stripe. A larger plan holds at once, and you pay the difference for the rest of the period.
          A smaller one, and a cancellation, begin when the period ends, and can be taken back until then.
        </p>
        <p>
          The tokens of a plan are counted by your billing period, which begins on the day you subscribed; on
          Free by the calendar month in UTC. See{" "}
          <GuideLink href="/docs/limits#tokens">Tokens a month</GuideLink>.
        </p>
      </Section>

      <Section id="price" title="What a request costs">
        <p>
          Every answer states <Code>cost_micros</Code>: millionths of a dollar, from the provider's own token
          counts and the model's price on the day. Within the plan this is what the tokens are worth, not a
          charge on top. Failed and cancelled requests, and everything on a test key, are at 0.
        </p>
      </Section>

      <Section id="overage" title="Past the plan's tokens">
        <p>
          By default requests stop: what does not fit is refused with <Code>quota_exceeded</Code> before it
          costs anything. On Pro and Plus an owner, or who pays, may switch overage on under Billing. Requests
          then go on, and what is used beyond the plan is billed at the models' prices with the next invoice.
          Switching it off stops further requests at the quota; what was used until then is still invoiced.
        </p>
      </Section>

      <Section id="caps" title="Spend caps">
        <p>
          A cap is an amount of money for a calendar month: one for the organization, and one for each key
          that should have its own. It counts the cost of every live request, within the plan and beyond it.
        </p>
        <List>
          <li>
            Before a request is accepted, the most it can cost is held against the cap. What does not fit is
            refused with <Code>spend_cap_reached</Code>, so a cap is never passed, however many calls come at
            once.
          </li>
          <li>
            A smaller <Code>max_tokens</Code> sets less aside, so more requests fit at the same time.
          </li>
          <li>The cap of a rotated key goes over to its successor, with what the month has spent.</li>
        </List>
        <p>
          Owners, and who pays, are told by mail at 80 and 100 percent of the plan's tokens, and at 50, 80 and
          100 percent of a cap: once a month each.
        </p>
      </Section>

      <Section id="payments" title="When a payment fails">
        <FactsTable
          caption="What happens when a payment fails"
          rows={[
            ["At once", "A mail, and a banner in the portal with a link to pay or change the card."],
            ["For 7 days", "The plan goes on as it was."],
            [
              "After that",
              "The organization is on Free. Keys, requests and history stay; a payment brings the plan back.",
            ],
          ]}
        />
      </Section>
    </Guide>
  );
}
