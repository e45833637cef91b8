import { z } from "zod";
import type { Db, Tx } from "../platform";
import { bytesOf, type EntryStore, MAX_EVICTED } from "./entry-store";

const writtenRows = z.tuple([z.object({ stored: z.boolean(), evicted: z.number() })]);

export function inPostgres(db: Db): EntryStore {
  return {
    async read({ orgId, name }) {
      const row = await db.cachedAnswer.findUnique({
        where: { orgId_entry: { orgId, entry: name }, expiresAt: { gt: new Date() } },
        select: { answerCipher: true },
      });
      return row?.answerCipher;
    },

    async write({ orgId, name }, { cipher, expiresAt, maxBytes }) {
      const size = bytesOf(cipher);
      return await db.$transaction(async (tx) => {
        await lockBytes(tx, orgId);
        const [written] = writtenRows.parse(
          await tx.$queryRaw`
            WITH room AS (
                SELECT b.bytes - coalesce(c.bytes, 0) AS taken, coalesce(c.bytes, 0) AS replaced
                FROM cached_bytes b LEFT JOIN cached_answers c ON c.org_id = b.org_id AND c.entry = ${name}
                WHERE b.org_id = ${orgId}::uuid
              ),
              first_to_expire AS (
                SELECT entry, bytes, sum(bytes) OVER (ORDER BY expires_at, entry) - bytes AS freed_before
                FROM (
                  SELECT entry, bytes, expires_at FROM cached_answers
                  WHERE org_id = ${orgId}::uuid AND entry <> ${name} AND ${size}::bigint <= ${maxBytes}::bigint
                  ORDER BY expires_at, entry LIMIT ${MAX_EVICTED}
                ) AS others
              ),
              evicted AS (
                DELETE FROM cached_answers c USING first_to_expire f, room
                WHERE c.org_id = ${orgId}::uuid AND c.entry = f.entry
                  AND room.taken - f.freed_before + ${size}::bigint > ${maxBytes}::bigint
                RETURNING c.bytes
              ),
              freed AS (SELECT count(*)::int AS entries, coalesce(sum(bytes), 0)::bigint AS bytes FROM evicted),
              stored AS (
                INSERT INTO cached_answers (org_id, entry, answer_cipher, expires_at, bytes)
                SELECT ${orgId}::uuid, ${name}, ${cipher}, ${expiresAt}::timestamptz, ${size}
                FROM room, freed WHERE room.taken - freed.bytes + ${size}::bigint <= ${maxBytes}::bigint
                ON CONFLICT (org_id, entry) DO UPDATE SET
                  answer_cipher = EXCLUDED.answer_cipher, expires_at = EXCLUDED.expires_at, bytes = EXCLUDED.bytes
                RETURNING bytes
              )
            UPDATE cached_bytes b
            SET bytes = b.bytes - freed.bytes + coalesce((SELECT bytes FROM stored) - room.replaced, 0)
            FROM room, freed WHERE b.org_id = ${orgId}::uuid
            RETURNING EXISTS (SELECT FROM stored) AS stored, freed.entries AS evicted`,
        );
        return written;
      });
    },

    async deleteAll(orgId) {
      await db.$transaction(async (tx) => {
        await lockBytes(tx, orgId);
        await tx.cachedAnswer.deleteMany({ where: { orgId } });
        await tx.cachedBytes.delete({ where: { orgId } });
      });
    },
  };
}

/** Before every change of an organization's entries: what they take is counted by one writer at a time. */
async function lockBytes(tx: Tx, orgId: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO cached_bytes AS b (org_id, bytes) VALUES (${orgId}::uuid, 0)
    ON CONFLICT (org_id) DO UPDATE SET bytes = b.bytes`;
}

const organizationRows = z.array(z.object({ orgId: z.string() }));

/** Deletes the entries that have expired, one organization after the other. Returns how many. */
export async function deleteExpiredAnswers(db: Db, { signal }: { signal: AbortSignal }): Promise<number> {
  const organizations = organizationRows.parse(
    await db.$queryRaw`SELECT DISTINCT org_id AS "orgId" FROM cached_answers WHERE expires_at <= now()`,
  );
  let deleted = 0;
  for (const { orgId } of organizations) {
    for (let count = MAX_EVICTED; count === MAX_EVICTED && !signal.aborted; deleted += count)
      count = await db.$transaction((tx) => deleteSome(tx, orgId));
  }
  return deleted;
}

const countRows = z.tuple([z.object({ count: z.number() })]);

async function deleteSome(tx: Tx, orgId: string): Promise<number> {
  await lockBytes(tx, orgId);
  const [{ count }] = countRows.parse(
    await tx.$queryRaw`
      WITH deleted AS (
          DELETE FROM cached_answers WHERE org_id = ${orgId}::uuid AND entry IN (
            SELECT entry FROM cached_answers
            WHERE org_id = ${orgId}::uuid AND expires_at <= now() LIMIT ${MAX_EVICTED})
          RETURNING bytes
        ),
        freed AS (SELECT count(*)::int AS count, coalesce(sum(bytes), 0)::bigint AS bytes FROM deleted)
      UPDATE cached_bytes b SET bytes = b.bytes - freed.bytes
      FROM freed WHERE b.org_id = ${orgId}::uuid
      RETURNING freed.count`,
  );
  return count;
}

/** The size of all organizations' entries together. */
export async function bytesInPostgres(db: Db): Promise<number> {
  const { _sum } = await db.cachedBytes.aggregate({ _sum: { bytes: true } });
  return Number(_sum.bytes ?? 0n);
}
