import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { makeUser, principalOf, signInToPortal } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { loginToPortal, signInWithProvider } from "../accounts";
import { submitInquiry } from "../inquiries";
import { renameOrganization } from "../orgs";
import type { UserPrincipal } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { KMS_KEY_ARN, startKms } from "../platform/crypto/key-service/testing/start-kms";
import { closeDb, createDb, db, poolState } from "../platform/db/client";
import { createOrganization, revokeKeysAndInvitations, transferOwnership } from ".";

const kms = await startKms();
const stack = await useTestStack({
  MASTER_KEY: "",
  KMS_KEY_ID: KMS_KEY_ARN,
  AWS_ENDPOINT_URL_KMS: kms.endpoint,
  DATABASE_POOL_MAX: "3",
});
/** Not of the pool that is looked at. */
const observer = createDb({ url: stack.databaseUrl, poolMax: 1 });

beforeEach(() => kms.reset());

afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
  await observer.$disconnect();
  await kms.stop();
});

const password = "correct horse battery staple";

function signUp(): Promise<unknown> {
  const id = randomUUID();
  return signInWithProvider(db(), {
    provider: "google",
    providerAccountId: id,
    email: `${id}@example.com`,
    emailVerified: true,
    name: "Ada",
    ip: "203.0.113.7",
    userAgent: null,
    revokeKeysAndInvitations,
  });
}

async function someone(): Promise<{ email: string; principal: () => Promise<UserPrincipal> }> {
  const user = await makeUser({ name: "Grace", verified: true });
  const claims = await signInToPortal(user);
  return { email: user.email, principal: () => principalOf(claims) };
}

const ask = () =>
  submitInquiry(db(), {
    input: {
      name: "Grace",
      email: `${randomUUID()}@example.com`,
      company: "Nanoseconds Inc.",
      expected_volume: "100m_1b",
      message: "We need a queue of our own.",
    },
    ip: null,
    principal: null,
  });

const rows = async () => ({
  users: await observer.user.count(),
  organizations: await observer.organization.count(),
  inquiries: await observer.enterpriseInquiry.count(),
  dataKeys: await observer.dataKey.count(),
});

async function openTransactions(): Promise<number> {
  const [found] = await observer.$queryRaw<{ open: number }[]>`
    SELECT count(*)::int AS open FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`;
  return found?.open ?? -1;
}

it("holds no connection while the key service hangs, serves others, and leaves nothing half-written", async () => {
  const neighbor = await someone();
  const people = [await someone(), await someone(), await someone(), await someone()];
  // The key of what was just made has never been unwrapped.
  const cold = await Promise.all(
    people.slice(0, 2).map(async ({ principal }) => {
      await createOrganization(db(), { principal: await principal(), name: "Cold" });
      return await principal();
    }),
  );
  const principals = await Promise.all(people.map(({ principal }) => principal()));
  const [renaming, giving] = cold;
  if (renaming === undefined || giving === undefined) throw new Error("two organizations were made");
  const successor = await neighbor.principal();
  const before = await rows();

  kms.hang();
  let settled = 0;
  const hanging = [
    ...[signUp(), signUp(), signUp(), signUp()],
    ...principals.map((principal) => createOrganization(db(), { principal, name: "Another" })),
    ...[ask(), ask(), ask(), ask()],
    renameOrganization(db(), { ...renaming, name: "Warm" }),
    transferOwnership(db(), {
      principal: giving,
      input: { user_id: successor.userId, organization_name: "Cold" },
    }),
  ].map((call) =>
    call.then(
      () => "served",
      (error: { code?: string }) => {
        settled += 1;
        return error.code ?? String(error);
      },
    ),
  );
  // A sign-up makes two keys.
  await vi.waitFor(() => expect(kms.waiting()).toBe(hanging.length + 4), { timeout: 2_500, interval: 20 });

  expect(await openTransactions()).toBe(0);
  expect(poolState().waiting).toBe(0);
  await loginToPortal(db(), { email: neighbor.email, password, ip: null });
  expect(await neighbor.principal()).toMatchObject({ role: "owner" });
  expect(settled).toBe(0);

  expect(new Set(await Promise.all(hanging))).toEqual(new Set(["service_unavailable"]));
  expect(await rows()).toEqual(before);
  kms.reset();
  await Promise.all([signUp(), ask()]);
});
