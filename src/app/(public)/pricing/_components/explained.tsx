import { listModels } from "@agathaai/core/models";
import { andList } from "@/components/format/list";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { paidPlanNames, plans } from "@/shared/plans";
import { sampleModel } from "../../../_lib/sample-model";

const { pro, free } = plans;
const included = pro.tokensPerMonth ?? 0;
const times = included / (free.tokensPerMonth ?? 1);

/** The example's tokens past the plan, three quarters of them input, at today's price of the model. */
const PAST_THE_PLAN = 200_000;

function overageMicros(): number {
  const { input_price_per_million_micros: input, output_price_per_million_micros: output } = sampleModel();
  return (PAST_THE_PLAN * (0.75 * input + 0.25 * output)) / 1_000_000;
}

/** What all of the plan's tokens come to at the dearest and the cheapest price on the list. */
function listPriceOf(tokens: number): { least: number; most: number } {
  const chat = listModels().data.filter(({ deprecated, kind }) => !deprecated && kind === "chat");
  const prices = (tokens: number, price: number) => (tokens * price) / 1_000_000;
  return {
    least: prices(tokens, Math.min(...chat.map((model) => model.input_price_per_million_micros))),
    most: prices(tokens, Math.max(...chat.map((model) => model.output_price_per_million_micros))),
  };
}

/** How plan, cost and overage relate, with the sum that a reader will do anyway. */
export function Explained() {
  const overage = formatMoney(overageMicros());
  const price = `$${pro.pricePerMonthUsd}`;
  const { least, most } = listPriceOf(included);
  return (
    <section aria-labelledby="explained" className="mt-20 grid gap-x-12 gap-y-10 lg:grid-cols-2">
      <div className="grid content-start gap-4 text-base/6.5">
        <h2 id="explained" className="scroll-mt-8 font-semibold text-2xl tracking-tight">
          Pricing, explained
        </h2>
        <p>
          A plan is a flat monthly price, paid through Stripe. It includes a number of tokens (input plus
          output, any model) and sets your requests per minute.
        </p>
        <p>
          Each receipt also shows a cost: those tokens at the model’s published price. Within your plan, that
          cost is information, not a charge.
        </p>
        <p>
          When your plan’s tokens run out, requests stop. On {andList(paidPlanNames)} you can turn on overage:
          each further request is then billed at its cost, on your next invoice. A cap limits the cost of all
          your live requests in a month, plan-covered ones included.
        </p>
      </div>
      <div className="grid content-start gap-4">
        <div className="rounded-lg border bg-surface p-6 text-[15px]/6">
          <h3 className="font-semibold text-base">An example</h3>
          <p className="mt-2 text-muted">
            On Pro with overage on, you use {formatCount(included + PAST_THE_PLAN)} tokens. The first{" "}
            {formatCount(included)} are in your {price}. The other {formatCount(PAST_THE_PLAN)}, three
            quarters of them input, come to {overage} at the prices of {sampleModel().id}. Your invoice is{" "}
            {price} + {overage}, before tax.
          </p>
        </div>
        <div className="rounded-lg border bg-surface p-6 text-[15px]/6">
          <h3 className="font-semibold text-base">What the {price} is for</h3>
          <p className="mt-2 text-muted">
            At list prices, {formatCount(included)} tokens cost between {formatMoney(least)} and{" "}
            {formatMoney(most)}, by model and by how many are output. So Pro is {times} times Free’s tokens
            and requests per minute, and the option to go past your tokens at model prices, under a cap of
            your choosing. Nobody pays a markup on tokens past the plan.
          </p>
        </div>
      </div>
    </section>
  );
}
