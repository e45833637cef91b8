import { z } from "zod";
import { ORGANIZATION_CAP_MICROS } from "../../shared/bounds";
import { formatMoneyExactly } from "../../shared/format/money";
import { paidPlans } from "../../shared/plans";
import { planSchema } from "../orgs";
import { publicId } from "../platform";
import { type ListQuery, listFields, listSchema } from "../platform/list";
import { incidentKinds } from "./incidents/incidents";

const instant = z.iso.datetime();
const paidPlanSchema = z.enum(paidPlans);

export const planChoiceInputSchema = z.strictObject({ plan: paidPlanSchema });
export const changePlanInputSchema = z.strictObject({
  plan: paidPlanSchema,
  /** The preview's `priced_at`. */
  priced_at: instant.optional(),
});

export const billingViewSchema = z.strictObject({
  plan: planSchema,
  /** Stripe's status; "active" on Free. */
  status: z.string(),
  subscribed: z.boolean(),
  /** Whether there is a Stripe customer to manage. */
  has_customer: z.boolean(),
  /** Whether this installation sells plans. */
  for_sale: z.boolean(),
  period_start: instant.nullable(),
  period_end: instant.nullable(),
  cancel_at_period_end: z.boolean(),
  pending_plan: planSchema.nullable(),
  grace_ends_at: instant.nullable(),
  /** When a canceled plan ends. */
  ends_at: instant.nullable(),
  /** The amount due now, and the page to pay it on. `needs_confirmation`: the bank waits for the customer to confirm. */
  payment_due: z
    .strictObject({
      amount_micros: z.number().int(),
      url: z.url().nullable(),
      needs_confirmation: z.boolean(),
    })
    .nullable(),
  /** The payment for this period was refunded or is disputed, so the plan does not apply. */
  payment_lost: z.boolean(),
  /** The override agreed with an operator. While it applies, it decides the plan. */
  agreement: z
    .strictObject({
      expires_at: instant.nullable(),
      monthly_micros: z.number().int().nullable(),
      requests_per_minute: z.number().int(),
    })
    .nullable(),
  quota: z.strictObject({
    limit: z.number().int().nullable(),
    used: z.number().int(),
    reserved: z.number().int(),
    resets_at: instant,
  }),
});
export type BillingView = z.output<typeof billingViewSchema>;

const micros = z.number().int();

export const setCapInputSchema = z.strictObject({
  /** The most to spend in a UTC calendar month, at least one cent; null is no limit. */
  monthly_cap_micros: z
    .number()
    .int()
    .min(
      ORGANIZATION_CAP_MICROS.least,
      `is at least ${formatMoneyExactly(ORGANIZATION_CAP_MICROS.least)}; switch the cap off to have none`,
    )
    .max(ORGANIZATION_CAP_MICROS.most, `is at most ${formatMoneyExactly(ORGANIZATION_CAP_MICROS.most)}`)
    .nullable(),
});
export type SetCapInput = z.output<typeof setCapInputSchema>;

export const setOverageInputSchema = z.strictObject({ on: z.boolean() });

export const spendingViewSchema = z.strictObject({
  cap_micros: micros.nullable(),
  /** This month at catalogue prices, including tokens covered by the plan. */
  spent_micros: micros,
  /** Reserved for requests in progress. */
  reserved_micros: micros,
  resets_at: instant,
  overage: z.strictObject({
    /** `held`: turned on, but waiting for a payment that is due. */
    state: z.enum(["unavailable", "off", "on", "held"]),
    /** This month, beyond the plan's tokens; the next invoices bill it. */
    used_micros: micros,
  }),
  /** Keys with a cap of their own, closest to it first. */
  keys: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      cap_micros: micros,
      spent_micros: micros,
      reserved_micros: micros,
    }),
  ),
});
export type SpendingView = z.output<typeof spendingViewSchema>;

export const redirectViewSchema = z.strictObject({ url: z.url() });

export const currentPriceSchema = z.strictObject({
  /** Per period, after discounts and with tax. Metered usage is added. */
  monthly_micros: micros,
  tax_micros: micros,
  discount_micros: micros,
});
export type RecurringPrice = z.output<typeof currentPriceSchema>;

export const planChangePreviewSchema = z.strictObject({
  kind: z.enum(["upgrade", "downgrade", "keep"]),
  plan: paidPlanSchema,
  /** When it starts; null is now. */
  effective_at: instant.nullable(),
  due_now_micros: z.number().int(),
  /** As Stripe will charge it: after discounts, with tax beside it. */
  monthly_micros: z.number().int(),
  monthly_tax_micros: z.number().int(),
  lines: z.array(z.strictObject({ description: z.string(), amount_micros: z.number().int() })),
  priced_at: instant.nullable(),
});
export type PlanChangePreview = z.output<typeof planChangePreviewSchema>;

export const incidentListSchema = listSchema(
  z.strictObject({
    id: z.string(),
    organization_id: z.string(),
    kind: z.enum(incidentKinds),
    /** The invoice, charge or dispute at Stripe. */
    object_id: z.string(),
    state: z.string(),
    amount_micros: z.int(),
    /** Set while the payment is not with us. */
    plan_lost_until: instant.nullable(),
    created_at: instant,
    handled_at: instant.nullable(),
  }),
);
export type IncidentList = z.output<typeof incidentListSchema>;

export const incidentIdInputSchema = z.strictObject({ id: publicId("bin") });

export const listInvoicesInputSchema = z.strictObject(listFields(12));
export type ListInvoicesInput = ListQuery;

export const invoiceListSchema = listSchema(
  z.strictObject({
    id: z.string(),
    number: z.string().nullable(),
    status: z.enum(["open", "paid", "void", "uncollectible"]),
    created_at: instant,
    total_micros: z.number().int(),
    description: z.string().nullable(),
    hosted_url: z.url().nullable(),
    pdf_url: z.url().nullable(),
  }),
);
export type InvoiceList = z.output<typeof invoiceListSchema>;
