import { getRateLimit, rateLimitViewSchema } from "@agathaai/core/quota";
import { z } from "zod";
import { rateLimitExample } from "../examples/examples";
import { unaudited } from "../middleware/audited";
import { callerProcedure, router } from "../trpc";

export const rateLimitRouter = router({
  get: callerProcedure(unaudited("status_only"))
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/rate-limit",
        operationId: "getRateLimit",
        tag: "Limits",
        summary: "Get the rate limit status",
        description:
          "Returns what is left of this minute's requests and the billing period's tokens, and when each resets. This call counts toward neither.",
        responses: {
          200: {
            name: "RateLimit",
            description: "The limits and what is left of them.",
            schema: rateLimitViewSchema,
            example: rateLimitExample,
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(rateLimitViewSchema)
    .query(({ ctx }) => getRateLimit(ctx.db, { principal: ctx.principal })),
});
