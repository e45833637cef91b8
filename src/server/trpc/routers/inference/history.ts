import { deleteFromHistory } from "@agathaai/core/generations";
import {
  deletedRequestSchema,
  historyListSchema,
  historyQuerySchema,
  listHistory,
} from "@agathaai/core/inference";
import { publicId, reachOf } from "@agathaai/core/platform";
import { z } from "zod";
import { deletedRequestExample, historyItemExample } from "../../examples/examples";
import { traces } from "../../middleware/audited";
import { router, scopedProcedure } from "../../trpc";

const tag = "History";

export const historyRouter = router({
  list: scopedProcedure(traces("data.history_read"), "history:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/history",
        operationId: "listHistory",
        tag,
        summary: "List past requests",
        description:
          "Lists the organization's requests, newest first, filtered by model, endpoint, status, key, time and metadata. Prompts and answers are not in the list; `links.result` returns the answer. Calls under `/v1` are in it too; without `store` they have no prompt, answer and metadata. New requests do not shift pages.",
        responses: {
          200: {
            name: "HistoryList",
            description: "One page.",
            schema: historyListSchema,
            example: {
              data: [historyItemExample],
              next_cursor: null,
              reaches_back_to: "2026-08-29T12:00:00.000Z",
            },
          },
        },
        errors: ["invalid_cursor", "invalid_id"],
      },
    })
    .input(historyQuerySchema)
    .output(historyListSchema)
    .query(({ ctx, input }) => listHistory(ctx.db, { principal: ctx.principal, query: input })),

  delete: scopedProcedure(traces("data.history_deleted", { target: "inference" }), "history:write")
    .meta({
      operation: {
        method: "DELETE",
        path: "/api/v1/history/{id}",
        operationId: "deleteHistory",
        tag,
        summary: "Delete a request",
        description:
          "Removes an ended request from the history at once, with its prompt, answer, metadata and error; they are erased after 30 days. Its cost stays in the usage records. A request that has not ended cannot be deleted; cancel it first.",
        responses: {
          200: {
            name: "DeletedRequest",
            description: "It is deleted.",
            schema: deletedRequestSchema,
            example: deletedRequestExample,
          },
        },
        errors: ["conflict"],
      },
    })
    .input(z.strictObject({ id: publicId("inf") }))
    .output(deletedRequestSchema)
    .mutation(({ ctx, input }) =>
      deleteFromHistory(ctx.db, { ...reachOf(ctx.principal), requestId: input.id }),
    ),
});
