import { z } from "zod";
import { ORGANIZATION_CAP_MICROS } from "../../shared/bounds";
import { formatMoneyExactly } from "../../shared/money";
import { paidPlans } from "../../shared/plans";
import { planSchema } from "../orgs";
import { publicId } from "../platform/ids";
import { type ListQuery, listFields, listSchema } from "../platform/list";
import { incidentKinds } from "./incidents/incidents";

const instant = z.iso.datetime();
const paidPlanSchema = z.enum(paidPlans);

export const planChoiceInputSchema = z.strictObject({ plan: paidPlanSchema });
export const changePlanInputSchema = z.strictObject({
  plan: paidPlanSchema,
  /** `priced_at` of the preview. */
  priced_at: instant.optional(),
});

export const billingViewSchema = z.strictObject({
  plan: planSchema,
  /** Stripe's own word; "active" on Free. */
  status: z.string(),
  subscribed: z.boolean(),
  /** Whether there is anything to manage at Stripe. */
  has_customer: z.boolean(),
  /** Whether this installation sells plans. */
  for_sale: z.boolean(),
  period_start: instant.nullable(),
  period_end: instant.nullable(),
  cancel_at_period_end: z.boolean(),
  pending_plan: planSchema.nullable(),
  grace_ends_at: instant.nullable(),
  /** When a plan that was canceled ends. */
  ends_at: instant.nullable(),
  /** What has to be paid now, and where; `needs_confirmation`: the bank only waits for its customer's word. */
  payment_due: z
    .strictObject({
      amount_micros: z.number().int(),
      url: z.url().nullable(),
      needs_confirmation: z.boolean(),
    })
    .nullable(),
  /** Money that paid for this period was given back, or is disputed: nothing of the plan holds. */
  payment_lost: z.boolean(),
  /** What was agreed on with our operators; while it holds, it decides the plan. */
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
  /** What may be spent in a UTC calendar month, from one cent up; null is no limit. */
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
  /** This month, at the catalogue's prices; tokens that the plan includes count as well. */
  spent_micros: micros,
  /** Set aside for requests in progress. */
  reserved_micros: micros,
  resets_at: instant,
  overage: z.strictObject({
    /** `held`: switched on, and waiting for a payment that is due. */
    state: z.enum(["unavailable", "off", "on", "held"]),
    /** This month, beyond the plan's tokens: what the next invoices bill. */
    used_micros: micros,
  }),
  /** Keys with a cap of their own, fullest first. */
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
  /** Each period, less discounts and with tax; metered usage comes on top. */
  monthly_micros: micros,
  tax_micros: micros,
  discount_micros: micros,
});
export type RecurringPrice = z.output<typeof currentPriceSchema>;

export const planChangePreviewSchema = z.strictObject({
  kind: z.enum(["upgrade", "downgrade", "keep"]),
  plan: paidPlanSchema,
  /** When it begins; null is at once. */
  effective_at: instant.nullable(),
  due_now_micros: z.number().int(),
  /** As Stripe will charge it: less discounts, with the tax beside it. */
  monthly_micros: z.number().int(),
  monthly_tax_micros: z.number().int(),
  lines: z.array(z.strictObject({ description: z.string(), amount_micros: z.number().int() })),
  priced_at: instant.nullable(),
});
export type PlanChangePreview = z.output<typeof planChangePreviewSchema>;

export const listIncidentsInputSchema = z.strictObject({
  /** Only those that still wait for somebody. */
  open: z.boolean().default(true),
  ...listFields(25),
});
export type ListIncidentsInput = ListQuery & { open: boolean };

export const incidentListSchema = listSchema(
  z.strictObject({
    id: z.string(),
    organization_id: z.string(),
    kind: z.enum(incidentKinds),
    /** The invoice, charge or dispute at Stripe. */
    object_id: z.string(),
    state: z.string(),
    amount_micros: z.int(),
    /** While the money is not with us. */
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
