import { recordAuditIn } from "@agathaai/core/audit";
import { setStream, setStreamInputSchema } from "@agathaai/core/audit-streams";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";

/** An owner whose plan has audit streams. */
export async function enterprise(): Promise<UserPrincipal> {
  const { claims, orgId } = await makeUser({ verified: true });
  await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
  return await principalOf(claims);
}

let made = 0;
/** So many more entries in the log; returns their numbers. */
export async function write({ orgId, userId }: UserPrincipal, count: number): Promise<void> {
  const entries = Array.from({ length: count }, () => ({
    orgId,
    actor: { type: "user" as const, id: userId },
    action: "org.updated" as const,
    target: { type: "organization" as const, id: orgId },
    details: { number: made++, text: 'ünïcode "quoted] \\' },
  }));
  await db().$transaction((tx) => recordAuditIn(tx, ...entries));
}
export const set = (principal: UserPrincipal, input: object) =>
  setStream(db(), { principal, input: setStreamInputSchema.parse(input) });
export const sequencesOf = async ({ orgId }: UserPrincipal, after: number) =>
  (
    await db().auditLog.findMany({
      where: { orgId, sequence: { gt: after } },
      orderBy: { sequence: "asc" },
      select: { sequence: true },
    })
  ).map(({ sequence }) => Number(sequence));
