import {
  listNotices,
  listNoticesInputSchema,
  noticeListSchema,
  noticeViewSchema,
  publishNotice,
  publishNoticeInputSchema,
  updateNotice,
  updateNoticeInputSchema,
} from "@agathaai/core/status";
import { unaudited, writes } from "../middleware/audited";
import { operatorMutation, operatorProcedure, router } from "../trpc";

/** What operators say on the status page. Anyone reads it there, and at `/api/status`. */
export const statusRouter = router({
  notices: operatorProcedure(unaudited("not_a_customers"))
    .input(listNoticesInputSchema)
    .output(noticeListSchema)
    .query(({ ctx, input }) => listNotices(ctx.db, input)),

  publish: operatorMutation(writes("operator.notice_published"))
    .input(publishNoticeInputSchema)
    .output(noticeViewSchema)
    .mutation(({ ctx, input }) => publishNotice(ctx.db, { operatorId: ctx.principal.userId, input })),

  update: operatorMutation(writes("operator.notice_updated"))
    .input(updateNoticeInputSchema)
    .output(noticeViewSchema)
    .mutation(({ ctx, input }) => updateNotice(ctx.db, { operatorId: ctx.principal.userId, input })),
});
