import { andList } from "@/components/format/list";
import { paidPlanNames, paidPlans, plans } from "@/shared/plans";
import { Code, Guide, GuideLink, List, Section } from "../../../_components/guide";
import { guideMetadata } from "../../_lib/guides";
import { FactsTable } from "../_components/facts-table";

export const metadata = guideMetadata("/docs/billing");

export default function BillingGuidePage() {
  const prices = paidPlans.map((id) => `${plans[id].name} is $${plans[id].pricePerMonthUsd}`);
  return (
    <Guide path="/docs/billing">
      <Section id="plans" title="Plans">
        <p>
          Free costs nothing and needs no card. {andList(prices)} per month, paid in advance through Stripe.
          Upgrades apply at once, and you pay the difference for the rest of the period. Downgrades and
          cancellations apply when the period ends, and you can undo them until then.
        </p>
        <p>
          A plan’s tokens are counted by billing period, which starts on the day you subscribed; on Free, by
          calendar month in UTC. See <GuideLink href="/docs/limits#tokens">Tokens per month</GuideLink>.
        </p>
      </Section>

      <Section id="price" title="What a request costs">
        <p>
          Every response states <Code>cost_micros</Code>, in millionths of a dollar: the provider’s token
          counts at the model’s price on the day. Within your plan, this is what the tokens would cost at
          model prices, not a charge on top. Failed requests, queued requests you cancel, and everything on a
          test key cost 0. A stream you stop midway costs what had arrived.
        </p>
      </Section>

      <Section id="overage" title="Past the plan’s tokens">
        <p>
          By default, requests stop: one that doesn’t fit is refused with <Code>quota_exceeded</Code> before
          it costs anything. On {andList(paidPlanNames)}, owners, admins and billing members can turn on
          overage under Billing. Requests then continue, and usage past your plan’s tokens is billed at model
          prices on your next invoice. Turning it off stops further requests at the plan limit; overage up to
          then is still billed.
        </p>
      </Section>

      <Section id="caps" title="Spend caps">
        <p>
          A cap is the most your live requests can cost in a calendar month (UTC). You can set one for the
          organization and one for any key. It counts every live request, those your plan covers included.
        </p>
        <List>
          <li>
            Before a request is accepted, we hold the most it can cost. One that doesn’t fit under the cap is
            refused with <Code>spend_cap_reached</Code>, so a cap is never passed, no matter how many calls
            arrive at once.
          </li>
          <li>
            A smaller <Code>max_tokens</Code> holds less, so more requests fit at the same time.
          </li>
          <li>When you rotate a key, its cap and this month’s spend carry over.</li>
        </List>
        <p>
          We email owners and billing members at 80% and 100% of the plan’s tokens, and at 50%, 80% and 100%
          of a cap, once per month each.
        </p>
      </Section>

      <Section id="payments" title="When a payment fails">
        <FactsTable
          caption="What happens when a payment fails"
          rows={[
            ["At once", "We email you, and the portal shows a banner with a link to pay or change the card."],
            ["For 7 days", "Your plan stays as it is."],
            [
              "After that",
              "Your organization is on Free. Keys, requests and history stay; paying brings the plan back.",
            ],
          ]}
        />
      </Section>
    </Guide>
  );
}
