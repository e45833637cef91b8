import { z } from "zod";
import { type Db, environmentsIn, timeOfId, toPublicId } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { whereOwn } from "../../platform/db/rows/own-rows";
import type { RequestKey } from "../request-row";
import { receiptSchema, terminalStatuses, usageViewSchema } from "../schemas";
import { toReceipt } from "./get-inference-detail";
import { requestNotFound, toUsageView } from "./views";

/** `GET /v1/generation`: one ended call as the ledger has it, whichever way it came. */
export const generationSchema = z.strictObject({
  id: z.string(),
  object: z.literal("generation"),
  status: z.enum(terminalStatuses),
  environment: z.enum(["live", "test"]),
  model: z.string().meta({ description: "The model asked for." }),
  provider: z.string(),
  endpoint: z.string().nullable().meta({ description: "Null: `POST /api/v1/inference`." }),
  served_by: z.string().meta({ description: "The upstream model that answered, as its provider names it." }),
  usage: usageViewSchema,
  estimated: z.boolean().meta({
    description:
      "The client hung up before the provider's count came: the tokens are counted by what was delivered.",
  }),
  finish_reason: z.string().nullable(),
  attempts: z
    .array(
      z.looseObject({
        model: z.string(),
        provider: z.string(),
        outcome: z.string(),
        ms: z.number(),
        byok: z.literal(true).optional().meta({ description: "One of your own keys was used." }),
        credential: z.string().optional().meta({
          description:
            "Which key was used: `own-1` is the first of your own at this provider, `agathaai-2` the second of ours. Absent of test keys, and where nothing was sent.",
        }),
      }),
    )
    .meta({ description: "Every call to a provider, in order." }),
  cost_micros: z.int().nonnegative(),
  receipt: receiptSchema,
  first_byte_ms: z.int().nonnegative().nullable(),
  latency_ms: z.int().nonnegative(),
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime(),
});

export type Generation = z.output<typeof generationSchema>;

/** The receipt of one call. @throws AppError `not_found`, also while it is running. */
export async function getGeneration(
  db: Db,
  { orgId, environment, own, requestId }: RequestKey,
): Promise<Generation> {
  const row = await asOrganization(db, orgId, (tx) =>
    tx.usageLedger.findUnique({
      where: {
        requestId_createdAt: { requestId, createdAt: timeOfId(requestId) },
        orgId,
        environment: { in: [...environmentsIn(environment)] },
        ...whereOwn(own),
      },
    }),
  );
  if (row === null) throw requestNotFound();
  return {
    id: toPublicId("inf", requestId),
    object: "generation",
    status: z.enum(terminalStatuses).parse(row.status),
    environment: row.environment,
    model: row.model,
    provider: row.provider,
    endpoint: row.endpoint,
    served_by: row.upstreamModel,
    usage: toUsageView(row),
    estimated: row.estimated,
    finish_reason: row.finishReason,
    attempts: generationSchema.shape.attempts.parse(row.attempts ?? []),
    cost_micros: Number(row.costMicros),
    receipt: toReceipt(row),
    first_byte_ms: row.firstByteMs,
    latency_ms: row.latencyMs,
    created_at: row.createdAt.toISOString(),
    ended_at: row.settledAt.toISOString(),
  };
}
