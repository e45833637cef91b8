import { z } from "zod";
import { isDay, startOfDay, toDay } from "../../../shared/time";
import type { Db } from "../../platform";
import { isDrift, usageClasses } from "./compare-usage";

const DAYS_SHOWN = 60;

export const usageDriftInputSchema = z
  .strictObject({ day: z.string().refine(isDay, "must be a day, such as 2026-11-27").optional() })
  .prefault({});

const dayRow = z.strictObject({
  day: z.string(),
  compared_at: z.iso.datetime(),
  /** Lines on which the two differ. */
  differences: z.int(),
});
export const usageDriftSchema = z.strictObject({
  /** Newest first. */
  days: z.array(dayRow),
  /** The one asked for, or the newest; null where it was not compared. */
  shown: dayRow
    .extend({
      lines: z.array(
        z.strictObject({
          model: z.string(),
          service_tier: z.string(),
          class: z.enum(usageClasses),
          ledger: z.number(),
          /** Of calls that were billed by an estimate, beside `ledger`. */
          estimated: z.number(),
          counted: z.number(),
          drift: z.number(),
          differs: z.boolean(),
        }),
      ),
    })
    .nullable(),
});
type UsageDriftView = z.output<typeof usageDriftSchema>;

/** What the daily comparison with OpenAI found, for operators. */
export async function readComparisons(
  db: Db,
  { day }: { day?: string | undefined },
): Promise<UsageDriftView> {
  const rows = await db.usageComparison.findMany({
    where: { provider: "openai" },
    orderBy: { day: "desc" },
    take: DAYS_SHOWN,
    include: { lines: { select: { drift: true } } },
  });
  const days = rows.map(({ day: at, comparedAt, lines }) => ({
    day: toDay(at),
    compared_at: comparedAt.toISOString(),
    differences: lines.filter(isDrift).length,
  }));
  const shown = days.find((one) => one.day === (day ?? days[0]?.day));
  if (shown === undefined) return { days, shown: null };
  const lines = await db.usageComparisonLine.findMany({
    where: { provider: "openai", day: startOfDay(shown.day) },
    orderBy: [{ model: "asc" }, { serviceTier: "asc" }],
  });
  return {
    days,
    shown: {
      ...shown,
      lines: lines
        .map(({ model, serviceTier, class: kind, ledger, estimated, counted, drift }) => ({
          ...{ model, service_tier: serviceTier, class: z.enum(usageClasses).parse(kind) },
          ...{ ledger: Number(ledger), estimated: Number(estimated), counted: Number(counted), drift },
          differs: isDrift({ drift }),
        }))
        // The worst first; the others by model, in the order of the classes.
        .sort(
          (left, right) =>
            (right.differs ? Math.abs(right.drift) : 0) - (left.differs ? Math.abs(left.drift) : 0) ||
            left.model.localeCompare(right.model) ||
            usageClasses.indexOf(left.class) - usageClasses.indexOf(right.class),
        ),
    },
  };
}
