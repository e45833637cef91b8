import {
  announceMaintenanceInputSchema,
  confirmSubscription,
  confirmSubscriptionInputSchema,
  listNotices,
  listNoticesInputSchema,
  noticeListSchema,
  noticeViewSchema,
  publishIncidentInputSchema,
  publishNotice,
  requestSubscription,
  subscribedSchema,
  subscribeInputSchema,
  subscriptionReceivedSchema,
  unsubscribe,
  unsubscribedSchema,
  unsubscribeInputSchema,
  updateNotice,
  updateNoticeInputSchema,
} from "@agathaai/core/status";
import { unaudited, writes } from "../middleware/audited";
import { operatorMutation, operatorProcedure, publicProcedure, router } from "../trpc";

/** Of the operators' router: what they say on the status page. Anyone reads it there, and at `/api/status`. */
export const noticeProcedures = {
  notices: operatorProcedure(unaudited("not_a_customers"))
    .input(listNoticesInputSchema)
    .output(noticeListSchema)
    .query(({ ctx, input }) => listNotices(ctx.db, input)),

  publishIncident: operatorMutation(writes("operator.notice_published"))
    .input(publishIncidentInputSchema)
    .output(noticeViewSchema)
    .mutation(({ ctx, input }) =>
      publishNotice(ctx.db, { operatorId: ctx.principal.userId, input: { kind: "incident", ...input } }),
    ),

  announceMaintenance: operatorMutation(writes("operator.notice_published"))
    .input(announceMaintenanceInputSchema)
    .output(noticeViewSchema)
    .mutation(({ ctx, input }) =>
      publishNotice(ctx.db, { operatorId: ctx.principal.userId, input: { kind: "maintenance", ...input } }),
    ),

  updateNotice: operatorMutation(writes("operator.notice_updated"))
    .input(updateNoticeInputSchema)
    .output(noticeViewSchema)
    .mutation(({ ctx, input }) => updateNotice(ctx.db, { operatorId: ctx.principal.userId, input })),
};

/** Emails about the status, for anyone. */
export const statusRouter = router({
  subscribe: publicProcedure(unaudited("own_record"))
    .input(subscribeInputSchema)
    .output(subscriptionReceivedSchema)
    .mutation(({ ctx, input }) => requestSubscription(ctx.db, { input, ip: ctx.ip })),

  confirm: publicProcedure(unaudited("own_record"))
    .input(confirmSubscriptionInputSchema)
    .output(subscribedSchema)
    .mutation(({ ctx, input }) => confirmSubscription(ctx.db, input)),

  unsubscribe: publicProcedure(unaudited("own_record"))
    .input(unsubscribeInputSchema)
    .output(unsubscribedSchema)
    .mutation(({ ctx, input }) => unsubscribe(ctx.db, input)),
});
