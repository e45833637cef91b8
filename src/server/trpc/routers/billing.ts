import {
  billingViewSchema,
  cancelSubscription,
  changePlan,
  changePlanInputSchema,
  currentPriceSchema,
  getBilling,
  getCurrentPrice,
  getSpending,
  invoiceListSchema,
  listInvoices,
  listInvoicesInputSchema,
  openCustomerPortal,
  planChangePreviewSchema,
  planChoiceInputSchema,
  previewPlanChange,
  redirectViewSchema,
  resumeSubscription,
  setCapInputSchema,
  setOverage,
  setOverageInputSchema,
  setSpendingCap,
  spendingViewSchema,
  startCheckout,
} from "@agathaai/core/billing";
import { z } from "zod";
import { traces, unaudited, writes } from "../middleware/audited";
import { router, stripeProcedure, userProcedure } from "../trpc";

const nothing = z.strictObject({}).optional();

/** Only in the portal: people move money, in a browser; keys never do. */
export const billingRouter = router({
  get: userProcedure(unaudited("settings", { action: "data.billing_read" }), "billing:read")
    .input(nothing)
    .output(billingViewSchema)
    .query(({ ctx }) => getBilling(ctx.db, ctx.principal)),

  invoices: stripeProcedure(unaudited("settings", { action: "data.billing_read" }), "billing:read")
    .input(listInvoicesInputSchema)
    .output(invoiceListSchema)
    .query(({ ctx, input }) => listInvoices(ctx.db, ctx.stripe, { orgId: ctx.principal.orgId, input })),

  price: stripeProcedure(unaudited("settings"), "billing:read")
    .input(nothing)
    .output(currentPriceSchema)
    .query(({ ctx }) => getCurrentPrice(ctx.db, ctx.stripe, ctx.principal)),

  preview: stripeProcedure(unaudited("settings"), "billing:read")
    .input(planChoiceInputSchema)
    .output(planChangePreviewSchema)
    .query(({ ctx, input }) =>
      previewPlanChange(ctx.db, ctx.stripe, { orgId: ctx.principal.orgId, plan: input.plan }),
    ),

  spending: userProcedure(unaudited("settings", { action: "data.billing_read" }), "billing:read")
    .input(nothing)
    .output(spendingViewSchema)
    .query(({ ctx }) => getSpending(ctx.db, ctx.principal)),

  setCap: userProcedure(writes("org.spending_changed"), "billing:write")
    .input(setCapInputSchema)
    .output(spendingViewSchema)
    .mutation(({ ctx, input }) => setSpendingCap(ctx.db, { principal: ctx.principal, input })),

  setOverage: stripeProcedure(writes("billing.overage_enabled", "billing.overage_disabled"), "billing:write")
    .input(setOverageInputSchema)
    .output(spendingViewSchema)
    .mutation(({ ctx, input }) => setOverage(ctx.db, ctx.stripe, { principal: ctx.principal, on: input.on })),

  checkout: stripeProcedure(traces("billing.checkout_started"), "billing:write")
    .input(planChoiceInputSchema)
    .output(redirectViewSchema)
    .mutation(({ ctx, input }) =>
      startCheckout(ctx.db, ctx.stripe, { principal: ctx.principal, plan: input.plan }),
    ),

  portal: stripeProcedure(traces("billing.portal_opened"), "billing:write")
    .input(nothing)
    .output(redirectViewSchema)
    .mutation(({ ctx }) => openCustomerPortal(ctx.db, ctx.stripe, ctx.principal)),

  change: stripeProcedure(traces("billing.plan_changed"), "billing:write")
    .input(changePlanInputSchema)
    .output(billingViewSchema)
    .mutation(({ ctx, input }) =>
      changePlan(ctx.db, ctx.stripe, {
        orgId: ctx.principal.orgId,
        plan: input.plan,
        pricedAt: input.priced_at === undefined ? undefined : new Date(input.priced_at),
      }),
    ),

  cancel: stripeProcedure(traces("billing.cancelled"), "billing:write")
    .input(nothing)
    .output(billingViewSchema)
    .mutation(({ ctx }) => cancelSubscription(ctx.db, ctx.stripe, ctx.principal)),

  resume: stripeProcedure(traces("billing.resumed"), "billing:write")
    .input(nothing)
    .output(billingViewSchema)
    .mutation(({ ctx }) => resumeSubscription(ctx.db, ctx.stripe, ctx.principal)),
});
