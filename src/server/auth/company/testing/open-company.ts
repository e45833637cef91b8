import { randomUUID } from "node:crypto";
import { forgetPrincipals } from "@agathaai/core/accounts";
import { findCompany, type SetConnectionInput, setConnection } from "@agathaai/core/company-sign-in";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import type { IdentityProvider } from "../../../../../infra/stand-ins/identity-provider/identity-provider";
import { makeUser, principalOf } from "../../../../../infra/testing/make-user";

/** An organization with a verified domain and a connection to the identity provider. */
export async function openCompany({ at, ...input }: Partial<SetConnectionInput> & { at?: IdentityProvider }) {
  const owner = await makeUser({ verified: true });
  const { orgId } = owner;
  await db().subscription.update({ where: { orgId }, data: { plan: "enterprise" } });
  const domain = `${randomUUID().slice(0, 13)}.com`;
  const now = new Date();
  await db().organizationDomain.create({
    data: { id: orgId, orgId, domain, proof: "x", verifiedAt: now, checkedAt: now, createdAt: now },
  });
  forgetPrincipals(owner.userId);
  const principal = await principalOf(owner.claims);
  const set = (more: Partial<SetConnectionInput> = {}, by: UserPrincipal = principal) =>
    setConnection(db(), {
      principal: by,
      input: {
        kind: "oidc",
        issuer: "",
        ...at?.client,
        default_role: "developer",
        enforced: false,
        ...input,
        ...more,
      },
    });
  await set();
  const start = async () => {
    const found = await findCompany(db(), { email: `anyone@${domain}` });
    if (found.start === null) throw new Error("the domain leads to no company");
    return found.start;
  };
  const employ = (name: string, more: object = {}) => {
    const sub = randomUUID();
    const email = `${name}.${sub.slice(0, 8)}@${domain}`;
    at?.people.set(sub, { sub, email, email_verified: true, name, ...more });
    return { sub, email };
  };
  return { owner, orgId, domain, principal, set, start, employ };
}
