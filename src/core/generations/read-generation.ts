import { z } from "zod";
import { type Db, environmentsIn } from "../platform";
import { Prisma } from "../platform/db/client";
import { pulse } from "../platform/db/pulse";
import { andOwn } from "../platform/db/rows/own-rows";
import { decryptTexts } from "../privacy";
import { type Generation, type GenerationKey, generationErrorSchema, isLost, partField } from "./generation";

const rowSchema = z.object({
  id: z.string(),
  orgId: z.string(),
  environment: z.enum(["live", "test"]),
  endpoint: z.string(),
  model: z.string(),
  createdAt: z.date(),
  expiresAt: z.date(),
  streamed: z.boolean(),
  includeUsage: z.boolean(),
  resumable: z.boolean(),
  headers: z.record(z.string(), z.string()),
  usage: z.record(z.string(), z.unknown()).nullable(),
  error: generationErrorSchema.nullable(),
  kept: z.boolean(),
  /** Null: not in the ledger. */
  ended: z.enum(["completed", "failed", "cancelled"]).nullable(),
  billable: z.boolean().nullable(),
  costMicros: z.bigint().nullable(),
  providerMicros: z.bigint().nullable(),
  lost: z.boolean(),
  events: z.int(),
});

/** The status of a call, from its open row or its ledger row. Undefined where nothing of it is stored (any more). */
export async function readGeneration(
  db: Db,
  { orgId, environment, own, generationId }: GenerationKey,
): Promise<Generation | undefined> {
  const reading = db.$queryRaw<unknown[]>`
    SELECT g.id, g.org_id AS "orgId", g.environment::text, g.endpoint, g.model, g.created_at AS "createdAt",
      g.expires_at AS "expiresAt", g.streamed, g.include_usage AS "includeUsage", g.resumable, g.headers, g.usage, g.error,
      g.written_at IS NOT NULL AND NOT g.too_long AS kept,
      coalesce((SELECT max(p.first_event + p.events - 1) FROM generation_parts p WHERE p.generation_id = g.id), 0) AS events,
      u.status::text AS ended, u.billable, u.cost_micros AS "costMicros",
      CASE WHEN u.own_key THEN u.provider_micros END AS "providerMicros",
      u.request_id IS NULL AND ${isLost} AS lost
    FROM generations g LEFT JOIN usage_ledger u ON u.request_id = g.id AND u.created_at = g.created_at
    WHERE g.id = ${generationId}::uuid AND g.org_id = ${orgId}::uuid AND g.expires_at > now()
      AND g.environment = ANY(${[...environmentsIn(environment)]}::environment[])
      ${
        own === undefined
          ? Prisma.empty
          : Prisma.sql`AND (EXISTS (SELECT FROM open_calls o WHERE o.id = g.id ${andOwn(own, "o")})
        OR (u.request_id IS NOT NULL ${andOwn(own, "u")}))`
      }`;
  const [found] = await pulse().watch(reading);
  if (found === undefined) return undefined;
  const { ended, lost, billable, costMicros, providerMicros, ...row } = rowSchema.parse(found);
  const status = ended ?? (lost ? "failed" : "processing");
  return {
    ...row,
    status,
    final: status === "completed" || billable === true,
    costMicros: costMicros ?? 0n,
    providerMicros: providerMicros ?? undefined,
  };
}

export interface GenerationPart {
  /** Counted from 1. */
  firstEvent: number;
  events: number;
  /** Server-sent events, or the whole answer as JSON. */
  text: string;
}

/** A part is at most some hundred kilobytes, unless it is a whole answer. */
const PARTS_A_READ = 16;

/** The parts with events after `after`, in their order, as many as one read takes; none when there are no more (yet). */
export async function readParts(
  db: Db,
  { id, orgId, after }: { id: string; orgId: string; after: number },
): Promise<GenerationPart[]> {
  const reading = db.$queryRaw<{ firstEvent: number; events: number; cipher: Uint8Array }[]>(Prisma.sql`
    SELECT first_event AS "firstEvent", events, cipher FROM generation_parts
    WHERE generation_id = ${id}::uuid AND first_event + events - 1 > ${after}::int
    ORDER BY first_event LIMIT ${PARTS_A_READ}::int`);
  const rows = await pulse().watch(reading);
  if (rows.length === 0) return [];
  const texts = await decryptTexts(
    db,
    rows.map(({ firstEvent, cipher }) => ({
      subject: { type: "org", id: orgId },
      field: partField(id, firstEvent),
      blob: cipher,
    })),
  );
  return rows.map(({ firstEvent, events }, index) => ({ firstEvent, events, text: texts[index] ?? "" }));
}

/** All parts that there are. */
export async function readAll(
  db: Db,
  { id, orgId }: { id: string; orgId: string },
): Promise<GenerationPart[]> {
  const all: GenerationPart[] = [];
  for (let after = 0; ; ) {
    const parts = await readParts(db, { id, orgId, after });
    all.push(...parts);
    const last = parts.at(-1);
    if (last === undefined) return all;
    after = last.firstEvent + last.events - 1;
  }
}
