import { fromPublicId } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import type { Person } from "../../support/people";

/** Every place in which a prompt or an answer of an organization can be kept. */
export async function kept(person: Person): Promise<Record<string, number>> {
  const orgId = fromPublicId("org", person.orgId);
  const some = { not: null };
  const [prompts, answers, metadata, generations, cached, archives, exports] = await Promise.all([
    db().inferenceRequest.count({ where: { orgId, inputCipher: some } }),
    db().inferenceRequest.count({ where: { orgId, resultCipher: some } }),
    db().inferenceRequest.count({ where: { orgId, metadataCipher: some } }),
    db().generation.count({ where: { orgId } }),
    db().cachedAnswer.count({ where: { orgId } }),
    db().requestArchive.count({ where: { orgId } }),
    db().dataExport.count({ where: { subjectId: orgId, keyCipher: some } }),
  ]);
  return { prompts, answers, metadata, generations, cached, archives, exports };
}
export const nothing = {
  prompts: 0,
  answers: 0,
  metadata: 0,
  generations: 0,
  cached: 0,
  archives: 0,
  exports: 0,
};
