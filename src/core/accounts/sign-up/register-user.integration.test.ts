import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  emailIndex,
  loadUserPrincipal,
  login,
  registerUser,
  requestPasswordReset,
  signedInViewSchema,
  verifyAccessToken,
} from "..";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const password = "correct horse battery staple";
const person = (changes: Partial<Parameters<typeof registerUser>[1]> = {}) => ({
  email: `ada.${randomUUID()}@example.com`,
  password,
  name: "Ada Lovelace",
  ip: "203.0.113.9",
  userAgent: "test",
  ...changes,
});

describe("registering", () => {
  it("makes a signed-in person with an organization of their own on the Free plan", async () => {
    const input = person();
    const view = await registerUser(db(), input);
    expect(signedInViewSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      user: { email: input.email, name: "Ada Lovelace", email_verified: false, role: "user" },
      organization: { name: "Ada Lovelace’s organization", personal: true, role: "owner", plan: "free" },
      token_type: "Bearer",
      expires_in: 900,
    });
    const claims = await verifyAccessToken(view.access_token);
    expect(await loadUserPrincipal(db(), { kind: "jwt", ...claims })).toMatchObject({
      kind: "jwt",
      role: "owner",
      plan: "free",
      emailVerified: false,
      environment: "test",
      orgId: claims.orgId,
    });
  });

  it("mails a link that verifies the address, and nothing the person typed", async () => {
    const input = person({ name: "Visit evil.example now" });
    await registerUser(db(), input);
    const mail = await stack.mailbox.waitFor(input.email);
    expect(mail.text).toMatch(/http:\/\/localhost:3000\/verify\?token=[\w-]{43}\n/);
    expect(mail.text + mail.html).not.toContain("evil.example");
  });

  it("gives the address to exactly one of many simultaneous registrations, and leaves no half account", async () => {
    const input = person();
    await Promise.all(Array.from({ length: 8 }, () => registerUser(db(), input)));
    expect(await db().user.count({ where: { emailIndex: emailIndex(input.email) } })).toBe(1);
    expect(await db().user.count()).toBe(await db().organization.count());
    expect(await db().user.count()).toBe(await db().membership.count());
    expect(await db().dataKey.count()).toBe(2 * (await db().user.count()));
  });

  it("refuses a weak password by name and writes nothing", async () => {
    const before = await db().user.count();
    await expect(registerUser(db(), person({ password: "password1234" }))).rejects.toMatchObject({
      code: "weak_password",
      status: 400,
      param: "password",
    });
    expect(await db().user.count()).toBe(before);
  });

  it("is limited by address", async () => {
    const ip = "198.51.100.77";
    const attempts = await Promise.allSettled(
      Array.from({ length: 105 }, () => registerUser(db(), person({ ip, password: "short" }))),
    );
    const codes = attempts.map((attempt) => (attempt.status === "rejected" ? attempt.reason.code : "ok"));
    expect(codes.filter((code) => code === "weak_password")).toHaveLength(100);
    expect(codes.filter((code) => code === "too_many_attempts")).toHaveLength(5);
  });
});

describe("what is at rest", () => {
  it("holds no address, name, password or token in any column of any table", async () => {
    const input = person({ name: "Grace Brewster Hopper" });
    const view = await registerUser(db(), input);
    const again = await login(db(), input);
    await requestPasswordReset(db(), { email: input.email, ip: input.ip });
    await drainAfterResponse();
    const links = stack.mailbox
      .messagesTo(input.email)
      .map(({ text }) => /token=([\w-]+)/.exec(text ?? "")?.[1]);
    expect(links).toHaveLength(2);

    const dump = await dumpEverything(stack.databaseUrl);
    expect(dump).toContain("public.refresh_tokens");
    const secrets = [
      input.email,
      "ada.",
      "Hopper",
      "203.0.113.9",
      password,
      view.refresh_token,
      again.refresh_token,
    ];
    for (const secret of [...secrets, ...links]) expect(dump).not.toContain(secret);
  });
});

/** Every row of every table as text, binary columns both in hexadecimal and as the characters they may hide. */
async function dumpEverything(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema IN ('public', 'partitions') AND table_type = 'BASE TABLE'",
    );
    const parts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
      parts.push(name);
      for (const value of rows.flatMap((row) => Object.values(row))) {
        parts.push(Buffer.isBuffer(value) ? value.toString("latin1") : String(JSON.stringify(value)));
      }
    }
    return parts.join("\n");
  } finally {
    await client.end();
  }
}
