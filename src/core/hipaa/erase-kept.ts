import { expireExports, expireExportsOf } from "../exports";
import { deleteGenerations } from "../generations";
import { countArchives, eraseContent, expireArchives } from "../inference";
import { unlessHeld } from "../legal-holds";
import { type Clock, type Db, SECOND, systemClock } from "../platform";
import { log } from "../platform/observability/log";
import { forgetAnswers } from "../response-cache";

/** Within this time every process knows of the mode, and nothing is kept any more that has to be erased. */
const KNOWN_EVERYWHERE_MS = 30 * SECOND;
const AT_ONCE = 100;

/**
 * Erases what was kept of prompts and answers before an organization turned on HIPAA mode: the history, the archive, kept and
 * cached answers, and files of exports. What is still under way ends first, so it is repeated until nothing is left. A legal
 * hold is waited for. Returns of how many organizations nothing is left.
 */
export async function eraseKept(
  db: Db,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<number> {
  const due = await db.organization.findMany({
    where: { hipaaSince: { not: null }, hipaaErasedAt: null },
    orderBy: { hipaaSince: "asc" },
    take: AT_ONCE,
    select: { id: true, hipaaSince: true },
  });
  let erased = 0;
  for (const { id, hipaaSince } of due) {
    if (signal?.aborted || hipaaSince === null) break;
    try {
      const left = await unlessHeld(db, { type: "org", id }, () =>
        eraseOf(db, { orgId: id, since: hipaaSince }, { signal, clock }),
      );
      const now = clock.now();
      if (left !== 0 || now.getTime() - hipaaSince.getTime() < KNOWN_EVERYWHERE_MS) continue;
      const { count } = await db.organization.updateMany({
        where: { id, hipaaSince },
        data: { hipaaErasedAt: now },
      });
      erased += count;
    } catch (error) {
      log().error({ err: error, orgId: id }, "what was kept before HIPAA mode could not be erased yet");
    }
  }
  return erased;
}

/** How much is left. */
async function eraseOf(
  db: Db,
  { orgId, since }: { orgId: string; since: Date },
  { signal, clock }: { signal: AbortSignal | undefined; clock: Clock },
): Promise<number> {
  const stop = signal === undefined ? {} : { signal };
  // First what would become history otherwise.
  const generations = await deleteGenerations(db, orgId);
  const { complete } = await eraseContent(db, orgId, { ...stop, clock });
  await expireArchives(db, { ...stop, clock });
  const archives = await countArchives(db, orgId);
  await forgetAnswers(db, orgId);
  const exports = await expireExportsOf(db, { orgId, before: since }, clock);
  await expireExports(db, { clock });
  return generations + archives + exports + (complete ? 0 : 1);
}
