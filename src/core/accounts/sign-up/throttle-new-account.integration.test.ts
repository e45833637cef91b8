import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { revokeKeysAndInvitations } from "../../members";
import { systemClock } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { emailIndex, registerUser, signInWithProvider } from "..";
import { throttleNewAccount } from "./throttle-new-account";

await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const create = (email: string, ip: string | null = null) =>
  throttleNewAccount(db(), { email, ip }, systemClock);
const refused = { code: "too_many_attempts", status: 429, retryAfterSeconds: expect.any(Number) };
const someone = () => `${randomUUID()}@example.com`;

describe("new accounts", () => {
  it("of one mailbox are three in thirty days, however it is spelled", async () => {
    const ada = randomUUID().replaceAll("-", "");
    await create(`${ada}@gmail.com`);
    await create(`${ada.slice(0, 9)}.${ada.slice(9)}+a@gmail.com`);
    await create(`${ada}+b@googlemail.com`);
    await expect(create(`${ada}+c@gmail.com`)).rejects.toMatchObject({
      ...refused,
      public: expect.stringMatching(
        /^Too many accounts were created with this mailbox\. Try again in \d+ (day|hour)s?\.$/,
      ),
    });
    await create(`${ada}2@gmail.com`);
  });

  it("of one mailbox that others made are said to be full, and refused to nobody", async () => {
    const email = `ada.${randomUUID()}@agate.works`;
    const from = [1, 2, 3, 4].map((block) => create(email, `2001:db8:${block}::1`));
    const said = [];
    for (const one of from) said.push((await one).mailboxFull);
    expect(said.sort()).toEqual([false, false, false, true]);
    const password = "correct horse battery staple";
    const view = await registerUser(db(), { email, password, name: "Ada", ip: "2001:db8:9::1" });
    expect(view.user.email).toBe(email);
    expect(await db().user.count({ where: { provisionalIndex: emailIndex(email) } })).toBe(1);
  });

  it("of one domain are fifty a day, its subdomains included; of a free-mail provider far more", async () => {
    const farm = `${randomUUID()}.net`;
    for (let made = 0; made < 50; made += 1) await create(`${made}@m${made}.${farm}`);
    await expect(create(`51@${farm}`)).rejects.toMatchObject(refused);
    for (let made = 0; made < 60; made += 1) await create(`${randomUUID()}@gmail.com`);
    await create(`ada@${randomUUID()}.net`);
  });

  it("from one block of addresses are two hundred a day, whichever address of it they come from", async () => {
    for (let made = 0; made < 200; made += 1) await create(someone(), `198.51.100.${made}`);
    await expect(create(someone(), "198.51.100.250")).rejects.toMatchObject(refused);
    await expect(create(someone(), "::ffff:198.51.100.251")).rejects.toMatchObject(refused);
    await create(someone(), "198.51.101.1");
  });

  it("are counted where they are made: with a password, and by Google or GitHub", async () => {
    const ada = `ada.${randomUUID()}`;
    const password = "correct horse battery staple";
    await registerUser(db(), { email: `${ada}@agate.works`, password, name: "Ada", ip: null });
    // Refused before an account is made, so it takes nothing from the mailbox.
    await registerUser(db(), {
      email: `${ada}+x@agate.works`,
      password: "short",
      name: "Ada",
      ip: null,
    }).catch(() => undefined);
    await registerUser(db(), { email: `${ada}+1@agate.works`, password, name: "Ada", ip: null });
    const byProvider = (tag: string) =>
      signInWithProvider(db(), {
        provider: "github",
        providerAccountId: randomUUID(),
        email: `${ada}+${tag}@agate.works`,
        emailVerified: true,
        name: "Ada",
        ip: null,
        revokeKeysAndInvitations,
      });
    await byProvider("2");
    await expect(byProvider("3")).rejects.toMatchObject(refused);
  });
});
