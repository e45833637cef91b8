import type { Db } from "../platform";
import { type Generation, type GenerationKey, generationNotFound } from "./generation";
import { readGeneration } from "./read-generation";

/**
 * Asks the process that makes a generation to end it, which it does within a second or two. What has ended stays as it is.
 * @throws AppError `not_found`.
 */
export async function askToStop(db: Db, key: GenerationKey): Promise<Generation> {
  const generation = await readGeneration(db, key);
  if (generation === undefined) throw generationNotFound();
  if (generation.status === "processing") {
    await db.generation.updateMany({
      where: { id: generation.id, orgId: generation.orgId, stopAskedAt: null },
      data: { stopAskedAt: new Date() },
    });
  }
  return generation;
}

/** Those of `ids` that somebody asked to stop. */
export async function askedToStop(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db.generation.findMany({
    where: { id: { in: [...ids] }, stopAskedAt: { not: null } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
