import { randomUUID } from "node:crypto";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import type { Plan } from "../../../shared/plans";
import { forgetPrincipals } from "../../accounts";
import type { UserPrincipal } from "../../platform";
import { db } from "../../platform/db/client";

/** An organization of a plan, and its owner, who has just signed in. */
export async function makeCompany({ plan = "enterprise" }: { plan?: Plan } = {}) {
  const user = await makeUser({ verified: true });
  const { orgId, claims } = user;
  await db().subscription.update({ where: { orgId }, data: { plan } });
  forgetPrincipals(user.userId);
  const principal: UserPrincipal = await principalOf(claims);
  return { user, orgId, principal };
}

/** A domain that no other test has, below a public suffix. */
export const newDomain = () => `${randomUUID().slice(0, 13)}.com`;
