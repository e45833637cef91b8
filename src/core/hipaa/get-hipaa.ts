import { agreementInForce } from "../../shared/legal/documents";
import { decryptPeople } from "../accounts";
import { coveredProviders } from "../models";
import { orgNotFound, orgSubject } from "../orgs";
import { type Clock, type Db, systemClock, toPublicId } from "../platform";
import { decryptText, type FieldRef } from "../privacy";
import { type HipaaView, hipaaViewSchema } from "./schemas";

/** Why it was turned off. */
export const reasonField = (decisionId: string): FieldRef => ({
  table: "hipaa_decisions",
  column: "reason_cipher",
  rowId: decisionId,
});

/** Whether the organization is in HIPAA mode, and on which agreement that rests. @throws AppError `not_found`. */
export async function getHipaa(
  db: Db,
  { orgId }: { orgId: string },
  clock: Clock = systemClock,
): Promise<HipaaView> {
  const newest = (turnedOn: boolean) =>
    db.hipaaDecision.findFirst({ where: { orgId, turnedOn }, orderBy: { id: "desc" } });
  const [org, on, off] = await Promise.all([
    db.organization.findUnique({
      where: { id: orgId, deletedAt: null },
      select: { residency: true, hipaaSince: true, hipaaErasedAt: true },
    }),
    newest(true),
    newest(false),
  ]);
  if (org === null) throw orgNotFound();
  const people = await decryptPeople(
    db,
    [on, off].flatMap((one) => (one === null ? [] : [one.userId])),
  );
  const by = (userId: string) => ({
    id: toPublicId("usr", userId),
    name: people.get(userId)?.name ?? null,
  });
  const { residency, hipaaSince, hipaaErasedAt } = org;
  return hipaaViewSchema.parse({
    enabled: hipaaSince !== null,
    since: hipaaSince?.toISOString() ?? null,
    kept_before: hipaaSince === null ? null : hipaaErasedAt === null ? "erasing" : "erased",
    agreement: {
      in_force: agreementInForce(clock.now()),
      accepted: on && { version: on.agreementVersion, by: by(on.userId), at: on.createdAt.toISOString() },
    },
    turned_off:
      off === null || off.reasonCipher === null
        ? null
        : {
            reason: await decryptText(db, orgSubject(orgId), reasonField(off.id), off.reasonCipher),
            by: by(off.userId),
            at: off.createdAt.toISOString(),
          },
    providers_covered: coveredProviders({ residency: residency === "eu" ? residency : undefined }),
  });
}
