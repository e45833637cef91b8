import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { planFeatures, planIds, plans } from "@/shared/plans";
import { PlanCards } from "./plan-cards";

test("each plan's card names the features of its row, and no other", () => {
  const cards = renderToStaticMarkup(<PlanCards heading="h2" />)
    .split("<h2")
    .slice(1);
  expect(cards).toHaveLength(planIds.length);
  for (const [at, id] of planIds.entries()) {
    for (const [feature, name] of Object.entries(planFeatures)) {
      const has = plans[id].features[feature as keyof typeof planFeatures];
      expect(cards[at]?.includes(name), `${id}: ${name}`).toBe(has);
    }
  }
  expect(cards.filter((card) => card.includes("Custom roles"))).toHaveLength(1);
});
