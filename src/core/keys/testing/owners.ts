import { afterAll } from "vitest";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { scopeSetOfRole } from "../../orgs";
import { fromPublicId, type OrgRole, type UserPrincipal } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { createKey, createKeyInputSchema, flushLastUsed, verifyApiKey } from "..";

/** People of organizations, and keys that they make. */

export const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await flushLastUsed(db());
  await closeDb();
});

export async function member({ verified = true, role = "owner" as OrgRole } = {}): Promise<UserPrincipal> {
  return principalOf((await makeUser({ verified, role })).claims);
}

export const create = (principal: UserPrincipal, changes: Record<string, unknown> = {}) =>
  createKey(db(), {
    principal,
    input: createKeyInputSchema.parse({ name: "CI", environment: "live", ...changes }),
  });
export const use = (secret: string, ip: string | null = "203.0.113.9", clock?: { now(): Date }) =>
  verifyApiKey(db(), secret, { ip }, clock);
export const idOf = (view: { id: string }) => fromPublicId("key", view.id);
export const other = (letter: string) => (letter === "A" ? "B" : "A");
/** Another member of the owner's organization, as their next call would see them. */
export async function colleague(owner: UserPrincipal, role: OrgRole, more: { verified?: boolean } = {}) {
  const person = await member(more);
  const { orgId } = owner;
  await db().membership.create({ data: { orgId, userId: person.userId, role, createdAt: new Date() } });
  return { ...person, orgId, role, scopes: scopeSetOfRole(role) };
}
export const invalid = { code: "invalid_api_key", status: 401 };
