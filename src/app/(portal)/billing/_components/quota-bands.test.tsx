import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { QuotaBands } from "./quota-bands";

const labelOf = (used: number, limit: number) =>
  /aria-label="([^"]*)"/.exec(
    renderToStaticMarkup(<QuotaBands used={used} reserved={0} limit={limit} of="this month’s tokens used" />),
  )?.[1];

it.each([
  [0, 100_000, "0% of this month’s tokens used"],
  [43_900, 100_000, "43% of this month’s tokens used"],
  [99_999, 100_000, "99% of this month’s tokens used"],
  [100_000, 100_000, "100% of this month’s tokens used"],
  [120_000, 100_000, "120% of this month’s tokens used"],
])("the bands of %i of %i are read out as %s", (used, limit, text) =>
  expect(labelOf(used, limit)).toBe(text),
);
