import type { Db } from "../platform";
import { Prisma } from "../platform/db/client";
import { encryptText } from "../privacy";
import { type GenerationError, partField } from "./generation";
import type { KeyClaim } from "./open-generation";
import type { GenerationPart } from "./read-generation";

interface Written {
  id: string;
  orgId: string;
}

/** Keeps the next events of a stream. Repeated, it changes nothing. */
export async function appendPart(db: Db, { id, orgId }: Written, part: GenerationPart): Promise<void> {
  await db.$executeRaw(await insertPart(db, { id, orgId }, part));
}

export interface GenerationEnd {
  /** The part of the answer that is not stored yet. */
  rest: GenerationPart | undefined;
  headers: Record<string, string>;
  usage: object | undefined;
  error: GenerationError | undefined;
  /** The answer was longer than the most that is kept. */
  tooLong: boolean;
  /** The key that gets this answer from now on. */
  claim: KeyClaim | undefined;
}

/**
 * Keeps the rest of an answer, before the call is settled: only the ledger's row makes it one that is shown, so that nobody
 * is billed for an answer that cannot be repeated. Repeated, it changes nothing.
 */
export async function endGeneration(db: Db, written: Written, end: GenerationEnd): Promise<void> {
  const { rest, headers, usage, error, tooLong, claim } = end;
  const { id, orgId } = written;
  const json = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));
  await db.$executeRaw`
    WITH ${rest === undefined ? Prisma.empty : Prisma.sql`part AS (${await insertPart(db, written, rest)}),`}
    answered AS (
      UPDATE idempotency_keys SET status = 'done'
      WHERE org_id = ${orgId}::uuid AND operation = ${claim?.operation ?? null} AND key = ${claim?.key ?? null}
        AND resource_id = ${id}::uuid
    )
    UPDATE generations SET written_at = now(), headers = ${JSON.stringify(headers)}::jsonb, usage = ${json(usage)}::json,
      error = ${json(error)}::jsonb, too_long = ${tooLong}::boolean
    WHERE id = ${id}::uuid`;
}

async function insertPart(db: Db, { id, orgId }: Written, part: GenerationPart): Promise<Prisma.Sql> {
  const { firstEvent, events, text } = part;
  const cipher = await encryptText(db, { type: "org", id: orgId }, partField(id, firstEvent), text);
  return Prisma.sql`
    INSERT INTO generation_parts (generation_id, first_event, events, cipher)
    VALUES (${id}::uuid, ${firstEvent}::int, ${events}::int, ${cipher}) ON CONFLICT DO NOTHING`;
}
