import { afterAll, expect, it } from "vitest";
import { makeUser, type TestUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { verifyAuditChain } from "../../audit";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { destroyDataKey, fingerprint } from "../../privacy";
import { userSubject } from "../users/user-fields";
import { login } from "./login";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const ip = "203.0.113.77";

/** What the chain holds of the address that somebody signed in from, and the row as it was hashed. */
async function signedIn({ email, password, orgId }: TestUser) {
  await login(db(), { email, password, ip });
  const row = await db().auditLog.findFirstOrThrow({
    where: { orgId, action: "auth.logged_in" },
    orderBy: { sequence: "desc" },
  });
  const { address } = row.details as { address?: string };
  return { address, row };
}

it("is encrypted under the person's own key before the chain is hashed, and unconfirmable once that key is destroyed, while the chain stays whole", async () => {
  const [ada, bob] = [await makeUser({ ip }), await makeUser({ ip })];
  const { address, row } = await signedIn(ada);
  const subject = userSubject(ada.userId);
  const confirm = async () =>
    Buffer.from(await fingerprint(db(), subject, "address", ip)).toString("base64url");

  expect(JSON.stringify(row.details)).not.toContain(ip);
  expect(address).toBe(await confirm());
  // One key for everybody would outlast each of them, and say who shares an address.
  expect((await signedIn(bob)).address).not.toBe(address);
  expect((await signedIn(ada)).address).toBe(address);

  (await destroyDataKey(db(), subject))();
  await expect(confirm()).rejects.toMatchObject({ code: "not_found" });
  // The hash covers what is stored, so that nothing has to be taken out of the chain.
  expect(await verifyAuditChain(db(), { orgId: ada.orgId })).toMatchObject({ fault: undefined });
});
