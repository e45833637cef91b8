import { deleteAtStripe, deleteCustomer, emptyCustomer, redactCustomer, type Stripe } from "../../billing";
import { type Clock, DAY, type Db, MINUTE } from "../../platform";
import { env } from "../../platform/env";
import type { PaymentProvider } from "./certificate";

/** What Stripe refuses today it may do tomorrow: it redacts a payment 90 days after it was made. */
const ASKED_AGAIN_MS = DAY;
const LOOKED_AFTER_MS = 5 * MINUTE;
/** So long a certificate waits for Stripe, in the hope that it can say "redacted" at once. */
const CERTIFIED_WITHOUT_MS = 7 * DAY;
/** An invoice that was not paid until then is no more collected: Stripe may void it to be able to redact. */
const OPEN_UNTIL_MS = 60 * DAY;

export interface EndedCustomer {
  id: string;
  orgId: string;
  dueAt: Date;
  hadCustomer: boolean;
  customerId: string | null;
  redactionJobId: string | null;
  redactionNextAt: Date | null;
  redactedAt: Date | null;
}

export const redactsCustomers = () => env().STRIPE_REDACTION === true;

/**
 * Deletes an erased organization's customer at Stripe; or, where the account has redaction jobs, empties it at once and has it
 * redacted. Says what became of them, and undefined while Stripe is at work and a certificate can wait. @throws where Stripe cannot
 * be asked.
 */
export async function endCustomer(
  db: Db,
  stripe: Stripe | undefined,
  { orgId, ...row }: EndedCustomer,
  clock: Clock,
): Promise<PaymentProvider | undefined> {
  if (row.redactedAt !== null) return "redacted";
  const found = await db.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
  const customer = found?.stripeCustomerId ?? row.customerId;
  if (!customer) return row.hadCustomer ? "deleted" : "none";
  const redacts = redactsCustomers();
  // Noted first: once we have parted with the customer, nothing else tells that there was one.
  const noted = { hadCustomer: true, ...(redacts && { customerId: customer, redactionNextAt: clock.now() }) };
  const next = row.customerId === null ? noted.redactionNextAt : row.redactionNextAt;
  if (!row.hadCustomer || (redacts && row.customerId === null))
    await db.erasure.update({ where: { id: row.id }, data: noted });
  if (stripe === undefined)
    throw new Error("billing is not set up, and a customer at Stripe is left to delete");
  if (!redacts) {
    if (found?.stripeCustomerId) await deleteCustomer(db, stripe, { orgId });
    return await deleteInstead(db, stripe, row);
  }
  if (found?.stripeCustomerId) await emptyCustomer(db, stripe, { orgId });
  return await redact(
    db,
    stripe,
    { ...row, customerId: customer, redactionNextAt: next ?? row.dueAt },
    clock,
  );
}

/** Redaction was turned off after it had begun. */
async function deleteInstead(
  db: Db,
  stripe: Stripe,
  { id, customerId }: Pick<EndedCustomer, "id" | "customerId">,
): Promise<"deleted"> {
  if (customerId === null) return "deleted";
  await deleteAtStripe(stripe, customerId);
  await db.erasure.update({
    where: { id },
    data: { customerId: null, redactionJobId: null, redactionNextAt: null, redactionRefusal: null },
  });
  return "deleted";
}

interface Redacted {
  id: string;
  dueAt: Date;
  customerId: string;
  redactionJobId: string | null;
  redactionNextAt: Date;
}

/** The next step, once it is time for it. */
async function redact(
  db: Db,
  stripe: Stripe,
  { id, dueAt, customerId, redactionJobId, redactionNextAt }: Redacted,
  clock: Clock,
): Promise<PaymentProvider | undefined> {
  const now = clock.now();
  const late = now.getTime() - dueAt.getTime();
  if (redactionNextAt > now) return late < CERTIFIED_WITHOUT_MS ? undefined : "redaction_scheduled";
  const step = await redactCustomer(stripe, {
    customer: customerId,
    jobId: redactionJobId ?? undefined,
    // The time stays until the step is noted.
    idempotencyKey: `redaction-${id}-${redactionNextAt.getTime()}`,
    mayEndWhatIsOpen: late >= OPEN_UNTIL_MS,
  });
  const note = async (data: Parameters<typeof db.erasure.update>[0]["data"]) => {
    await db.erasure.update({ where: { id }, data });
  };
  const after = (ms: number) => new Date(now.getTime() + ms);
  switch (step.state) {
    case "done":
      await note({ redactedAt: now, redactionRefusal: null, customerId: null, redactionNextAt: null });
      return "redacted";
    case "gone":
      await note({ customerId: null, redactionJobId: null, redactionNextAt: null, redactionRefusal: null });
      return "deleted";
    case "refused":
      await note({
        redactionJobId: step.jobId ?? null,
        redactionRefusal: step.refusal,
        redactionNextAt: after(ASKED_AGAIN_MS),
      });
      return "redaction_scheduled";
    case "working":
      await note({ redactionJobId: step.jobId, redactionNextAt: after(LOOKED_AFTER_MS) });
      return late < CERTIFIED_WITHOUT_MS ? undefined : "redaction_scheduled";
  }
}
