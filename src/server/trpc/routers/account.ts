import { getMe, meViewSchema } from "@agathaai/core/accounts";
import { z } from "zod";
import { router, userProcedure } from "../trpc";
import { meExample } from "./examples";

export const accountRouter = router({
  me: userProcedure()
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/me",
        operationId: "getMe",
        tag: "Account",
        summary: "Get the signed-in person",
        description: "Who the access token belongs to, and the organization it works in.",
        answers: {
          200: { name: "Me", description: "The person.", schema: meViewSchema, example: meExample },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(meViewSchema)
    .query(({ ctx }) => getMe(ctx.db, ctx.principal)),
});
