import { getOverview, overviewInputSchema, overviewSchema } from "@agathaai/core/overview";
import { traces } from "../middleware/audited";
import { router, userProcedure } from "../trpc";

export const overviewRouter = router({
  get: userProcedure(traces("data.usage_read"), "usage:read")
    .input(overviewInputSchema.optional())
    .output(overviewSchema)
    .query(({ ctx, input }) => getOverview(ctx.db, { principal: ctx.principal, input })),
});
