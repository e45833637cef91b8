import { getSpending } from "../billing";
import { type Clock, DAY, type Db } from "../platform";
import type { Overview } from "./schemas";

/** The share of a cap from which the page warns; the same at which an email is sent. */
const TIGHT = 0.8;
const OVERRIDE_SOON_MS = 30 * DAY;
const UNPAID = ["past_due", "unpaid"];

type Warnings = Pick<Overview, "tight_caps" | "goes_past_quota" | "payment_due" | "agreement_ends_at">;

/** What stops requests, now or soon: caps, a payment that is due, an override that ends. */
export async function readWarnings(db: Db, { orgId }: { orgId: string }, clock: Clock): Promise<Warnings> {
  const now = clock.now();
  const [spending, subscription, override] = await Promise.all([
    getSpending(db, { orgId }, clock),
    db.subscription.findUnique({ where: { orgId }, select: { status: true, graceEndsAt: true } }),
    db.planOverride.findFirst({
      where: {
        orgId,
        endedAt: null,
        expiresAt: { gt: now, lte: new Date(now.getTime() + OVERRIDE_SOON_MS) },
      },
      orderBy: { createdAt: "desc" },
      select: { expiresAt: true },
    }),
  ]);
  const caps = [
    { key: null, cap_micros: spending.cap_micros, spent_micros: spending.spent_micros },
    ...spending.keys.map(({ id, name, cap_micros, spent_micros }) => ({
      key: { id, name },
      cap_micros,
      spent_micros,
    })),
  ];
  const due = subscription !== null && UNPAID.includes(subscription.status);
  const graceEndsAt = subscription?.graceEndsAt ?? null;
  return {
    tight_caps: caps
      .flatMap(({ cap_micros, ...cap }) => (cap_micros === null ? [] : [{ ...cap, cap_micros }]))
      .filter(({ cap_micros, spent_micros }) => spent_micros >= TIGHT * cap_micros)
      .sort((a, b) => b.spent_micros / b.cap_micros - a.spent_micros / a.cap_micros),
    goes_past_quota: spending.overage.state === "on",
    payment_due: due
      ? { grace_ends_at: graceEndsAt !== null && graceEndsAt > now ? graceEndsAt.toISOString() : null }
      : null,
    agreement_ends_at: override?.expiresAt?.toISOString() ?? null,
  };
}
