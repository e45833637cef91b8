import { getOverview, overviewSchema } from "@agathaai/core/overview";
import { z } from "zod";
import { traces } from "../audited";
import { router, userProcedure } from "../trpc";

export const overviewRouter = router({
  get: userProcedure(traces("data.usage_read"), "usage:read")
    .input(z.strictObject({}).optional())
    .output(overviewSchema)
    .query(({ ctx }) => getOverview(ctx.db, { principal: ctx.principal })),
});
