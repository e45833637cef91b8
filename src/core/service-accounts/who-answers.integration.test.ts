import { randomUUID } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { makeUser, principalOf, type UserOptions } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { createKey, createKeyInputSchema } from "../keys";
import { changeRole, changeRoleInputSchema, leaveOrganization } from "../members";
import { fromPublicId, type OrgRole, toPublicId, type UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import {
  createServiceAccount,
  createServiceAccountInputSchema,
  findServiceClient,
  getServiceAccount,
  rotateServiceAccountSecret,
} from "./index";

// Who made a service account, or last rotated its secret, answers for it: what they lose it loses, and what they do from a new place is told.
const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const home = { ip: "203.0.113.7", userAgent: firefox };
const elsewhere = { ip: "198.51.100.4", userAgent: firefox };

async function person(options: UserOptions = {}): Promise<UserPrincipal & { email: string }> {
  const email = `ada.${randomUUID()}@example.com`;
  return { ...(await principalOf((await makeUser({ verified: true, email, ...options })).claims)), email };
}

/** Somebody who joined the owner's organization. */
async function colleague(owner: UserPrincipal, role: OrgRole, options: UserOptions = {}) {
  const { orgId } = owner;
  const own = await person(options);
  await db().membership.create({ data: { orgId, userId: own.userId, role, createdAt: new Date() } });
  return { ...own, orgId, role };
}

const create = (principal: UserPrincipal, scopes: string[], caller?: typeof home) =>
  createServiceAccount(db(), {
    principal,
    input: createServiceAccountInputSchema.parse({ name: "Nightly reports", environment: "live", scopes }),
    ...(caller && { caller }),
  });

const idOf = ({ id }: { id: string }) => fromPublicId("sva", id);

it("a service account loses what whoever answers for it loses with their role, and its next tokens too", async () => {
  const owner = await person();
  const developer = await colleague(owner, "developer");
  const account = await create(developer, ["models:read", "history:write", "webhooks:write"]);
  const theirs = await create(owner, ["history:write"]);
  const input = changeRoleInputSchema.parse({ user_id: toPublicId("usr", developer.userId), role: "viewer" });
  await changeRole(db(), { principal: owner, input });
  expect((await getServiceAccount(db(), { principal: owner, id: idOf(account) })).scopes).toEqual([
    "models:read",
  ]);
  expect((await findServiceClient(db(), idOf(account)))?.scopes).toEqual(["models:read"]);
  expect((await findServiceClient(db(), idOf(theirs)))?.scopes).toEqual(["history:write"]);
});

it("an email about what a person loses, or about what ended with their membership, calls service accounts by their name", async () => {
  const owner = await person();
  const developer = await colleague(owner, "developer");
  const newest = async (email: string) => {
    await drainAfterResponse();
    const [mail] = stack.mailbox.messagesTo(email);
    return { subject: mail?.subject, text: mail?.text ?? "", all: `${mail?.text}${mail?.html}` };
  };
  const narrow = async (role: OrgRole) => {
    const input = changeRoleInputSchema.parse({ user_id: toPublicId("usr", developer.userId), role });
    await changeRole(db(), { principal: owner, input });
    return await newest(developer.email);
  };
  await create(developer, ["models:read", "history:write"]);
  const narrowed = await narrow("viewer");
  expect(narrowed.subject).toBe("Service accounts you created have changed");
  expect(narrowed.text).toContain("1 service account can now do only what your role allows.");
  expect(narrowed.all).not.toMatch(/API key/);
  await narrow("developer");
  const input = createKeyInputSchema.parse({ name: "CI", environment: "live", scopes: ["models:read"] });
  await createKey(db(), { principal: developer, input });
  await leaveOrganization(db(), developer);
  const ended = await newest(owner.email);
  expect(ended.subject).toBe("API keys and service accounts ended because a member left");
  expect(ended.text).toContain("1 API key and 1 service account that they created ended");
  expect(ended.text).toContain("Create a new key or service account for each that you still need.");
  for (const path of ["/keys", "/service-accounts"]) expect(ended.text).toContain(path);
});

it("a secret made or rotated from a new device is told to its maker and the owners as a service account's, once each place", async () => {
  const owner = await person(home);
  const maker = await colleague(owner, "developer", home);
  const told = async (email: string) => {
    await drainAfterResponse();
    return stack.mailbox.messagesTo(email).filter(({ subject }) => /new device/.test(subject));
  };
  const account = await create(maker, ["models:read"], elsewhere);
  await create(maker, ["models:read"], elsewhere);
  const [mine, ...more] = await told(maker.email);
  const [owners, ...others] = await told(owner.email);
  expect([more, others]).toEqual([[], []]);
  for (const mail of [mine, owners]) {
    expect(mail?.subject).toBe("A service account’s secret was created from a new device or network");
    expect(mail?.text).toContain(`${account.secret_prefix}…${account.secret_last_four}`);
    expect(mail?.text).toContain("/service-accounts");
    expect(`${mail?.text}${mail?.html}`).not.toMatch(/API key|Nightly reports/);
    expect(`${mail?.text}${mail?.html}`).not.toContain(account.client_secret);
  }
  const input = { id: idOf(account), grace: "24h" } as const;
  const caller = { ...home, ip: "192.0.2.9" };
  const { secret_last_four } = await rotateServiceAccountSecret(db(), { principal: maker, input, caller });
  expect((await told(maker.email)).map(({ text }) => text).join()).toContain(`…${secret_last_four}`);
  expect(await told(maker.email)).toHaveLength(2);
});
