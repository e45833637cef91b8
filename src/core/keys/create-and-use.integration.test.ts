import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import { describe, expect, it, vi } from "vitest";
import { after } from "../../../infra/testing/clock";
import { inFiveSeconds } from "../../../infra/testing/monotonic-clock";
import { HOUR, type OrgRole, SECOND } from "../platform";
import { sha256 } from "../platform/crypto/hash";
import { db } from "../platform/db/client";
import {
  createdKeyViewSchema,
  createKey,
  createKeyInputSchema,
  flushLastUsed,
  listKeys,
  revokeKey,
  updateKey,
  updateKeyInputSchema,
} from "./";
import { create, idOf, invalid, member, other, use } from "./testing/owners";
import { generateKeySecret } from "./verify/key-secret";

describe("creating a key", () => {
  it("shows the secret once; it works, and only its hash is stored", async () => {
    const owner = await member();
    const key = await create(owner, { rpm_limit: 7, models: ["gpt-4o"] });
    expect(createdKeyViewSchema.parse(key)).toEqual(key);
    expect(key).toMatchObject({ status: "active", environment: "live", rpm_limit: 7, last_used_at: null });
    expect(key.secret.startsWith(key.prefix) && key.secret.endsWith(key.last_four)).toBe(true);
    expect(await use(key.secret)).toMatchObject({
      kind: "key",
      apiKeyId: idOf(key),
      orgId: owner.orgId,
      userId: owner.userId,
      plan: "free",
      environment: "live",
      models: ["gpt-4o"],
      rpmLimit: 7,
    });
    const row = await db().apiKey.findUniqueOrThrow({ where: { id: idOf(key) } });
    // By Node itself: our own function could be another.
    const hash = createHash("sha256").update(key.secret).digest();
    expect(Buffer.from(row.secretHash)).toEqual(hash);
    expect(JSON.stringify(row)).not.toContain(key.secret);
    const list = await listKeys(db(), { principal: owner, input: { limit: 20 } });
    expect(JSON.stringify(list)).not.toContain(key.secret);
  });

  it("gives the scopes asked for, by default those of inference", async () => {
    const owner = await member();
    const plain = await use((await create(owner)).secret);
    expect([...plain.scopes].sort()).toEqual(
      [
        "history:read",
        "history:write",
        "inference:read",
        "inference:write",
        "models:read",
        "usage:read",
      ].sort(),
    );
    const narrow = await use((await create(owner, { scopes: ["models:read"] })).secret);
    expect([...narrow.scopes]).toEqual(["models:read"]);
  });

  it("never gives more than its creator has, nor what belongs to people", async () => {
    const developer = await member({ role: "developer" });
    await expect(create(developer, { scopes: ["billing:read"] })).rejects.toMatchObject({
      code: "insufficient_scope",
      param: "scopes",
    });
    const owner = await member();
    for (const scope of ["keys:write", "members:write", "billing:write"]) {
      await expect(create(owner, { scopes: [scope] })).rejects.toMatchObject({
        code: "invalid_request",
        param: "scopes",
      });
    }
  });

  it.each<OrgRole>(["viewer", "billing"])("is not for the role %s", async (role) => {
    const principal = await member({ role });
    await expect(create(principal)).rejects.toMatchObject({ code: "insufficient_role", status: 403 });
  });

  it("is refused to API keys", async () => {
    const key = await use((await create(await member())).secret);
    const input = createKeyInputSchema.parse({ name: "more", environment: "test" });
    await expect(createKey(db(), { principal: key, input })).rejects.toMatchObject({
      code: "insufficient_scope",
    });
  });

  it("allows only test keys until the address is verified", async () => {
    const owner = await member({ verified: false });
    await expect(create(owner)).rejects.toMatchObject({ code: "email_not_verified", status: 403 });
    expect(await use((await create(owner, { environment: "test" })).secret)).toMatchObject({
      environment: "test",
    });
    await db().user.update({ where: { id: owner.userId }, data: { emailVerifiedAt: new Date() } });
    expect(await create(owner)).toMatchObject({ environment: "live" });
  });

  it.each([
    ["gpt-4o-2024-08-06", "gpt-4o"],
    ["openai/gpt-4o", "gpt-4o"],
    ["models/gemini-3.8-flash", "gemini-3.8-flash"],
  ])("keeps a key to models by their ids: %s is refused, made or changed, naming %s", async (name, id) => {
    const owner = await member();
    const refusal = {
      code: "invalid_request",
      public: `Use this model’s ID, ${id}.`,
      param: "models[1]",
    };
    const models = ["gpt-4", name];
    await expect(create(owner, { models })).rejects.toMatchObject(refusal);
    const key = await create(owner, { models: ["gpt-4"] });
    const input = updateKeyInputSchema.parse({ id: key.id, models });
    await expect(updateKey(db(), { principal: owner, input })).rejects.toMatchObject(refusal);
    expect(await use(key.secret)).toMatchObject({ models: ["gpt-4"] });
  });

  it("refuses unknown models by position, and an expiry that is past", async () => {
    const owner = await member();
    await expect(create(owner, { models: ["gpt-4o", "gpt-4oo"] })).rejects.toMatchObject({
      code: "invalid_request",
      param: "models[1]",
    });
    await expect(create(owner, { expires_at: "2020-01-01T00:00:00Z" })).rejects.toMatchObject({
      code: "invalid_request",
      param: "expires_at",
    });
  });

  it("stops at a hundred live keys, however many are made at once; ended ones do not count", async () => {
    const owner = await member();
    await create(owner);
    const template = await db().apiKey.findFirstOrThrow({ where: { orgId: owner.orgId } });
    await db().apiKey.createMany({
      data: Array.from({ length: 97 }, () => ({
        ...template,
        id: randomUUID(),
        secretHash: sha256(randomUUID()),
      })),
    });
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => create(owner)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    for (const result of results) {
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ code: "conflict", status: 409 });
    }
    await revokeKey(db(), { principal: owner, input: { id: template.id } });
    expect(await create(owner)).toMatchObject({ status: "active" });
  });
});

describe("using a key", () => {
  it("refuses a key that is forged, mistyped or unknown", async () => {
    const { secret } = await create(await member());
    const forgeries = [
      generateKeySecret("live"),
      secret.replace("live", "test"),
      `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`,
      "agt_live_",
      "agt_live_\u0000",
      "",
      `${secret}' OR 1=1 --`,
    ];
    for (const forgery of forgeries) await expect(use(forgery)).rejects.toMatchObject(invalid);
  });

  it("asks the database nothing for a secret with a wrong checksum, and once for an unknown one with a right checksum", async () => {
    const { secret } = await create(await member());
    await flushLastUsed(db());
    const queries = vi.spyOn(pg.Client.prototype, "query");
    const costOf = async (forgery: string) => {
      queries.mockClear();
      await expect(use(forgery)).rejects.toMatchObject(invalid);
      return queries.mock.calls.length;
    };
    try {
      // Shows that queries are counted at all.
      expect(await costOf(generateKeySecret("live"))).toBe(1);
      const last = secret.slice(-1);
      const flipped = [...secret].map((letter, at) =>
        at < "agt_live_".length ? secret : secret.slice(0, at) + other(letter) + secret.slice(at + 1),
      );
      for (const forgery of new Set([
        ...flipped.filter((text) => text !== secret),
        secret.replace("live", "test"),
        secret + last,
        secret.slice(0, -1),
        generateKeySecret("test").replace("test", "live"),
      ])) {
        expect(await costOf(forgery), forgery.slice(0, 13)).toBe(0);
      }
    } finally {
      queries.mockRestore();
    }
  });

  it("says whether a key was revoked or has expired", async () => {
    const owner = await member();
    const expiring = await create(owner, { expires_at: new Date(Date.now() + HOUR).toISOString() });
    expect(await use(expiring.secret)).toMatchObject({ kind: "key" });
    await expect(use(expiring.secret, null, after(HOUR))).rejects.toMatchObject({
      code: "api_key_expired",
      status: 401,
    });
    const revoked = await create(owner);
    expect(await use(revoked.secret)).toMatchObject({ kind: "key" });
    await revokeKey(db(), { principal: owner, input: { id: idOf(revoked) } });
    await expect(use(revoked.secret)).rejects.toMatchObject({ code: "api_key_revoked", status: 401 });
  });

  it("is refused within five seconds of a revocation by another process", async () => {
    const key = await create(await member());
    await use(key.secret);
    await db().apiKey.update({ where: { id: idOf(key) }, data: { revokedAt: new Date() } });
    using _later = inFiveSeconds();
    await expect(use(key.secret)).rejects.toMatchObject({ code: "api_key_revoked" });
  });

  it("is bound to its addresses", async () => {
    const { secret } = await create(await member(), { ip_allowlist: ["10.0.0.0/8", "2001:db8::/32"] });
    for (const ip of ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::7"])
      expect(await use(secret, ip)).toBeTruthy();
    for (const ip of ["11.0.0.1", "2001:db9::7", "nonsense", null]) {
      await expect(use(secret, ip)).rejects.toMatchObject({ code: "ip_not_allowed", status: 403 });
    }
  });

  it("follows the organization's plan", async () => {
    const owner = await member();
    const { secret } = await create(owner);
    await db().subscription.update({ where: { orgId: owner.orgId }, data: { plan: "plus" } });
    expect(await use(secret)).toMatchObject({ orgId: owner.orgId, plan: "plus" });
  });

  it("of a deleted organization is unknown", async () => {
    const owner = await member();
    const { secret } = await create(owner);
    await db().organization.update({ where: { id: owner.orgId }, data: { deletedAt: new Date() } });
    await expect(use(secret)).rejects.toMatchObject(invalid);
  });

  it("is recorded in batches, and the latest use wins", async () => {
    const owner = await member();
    const keys = [await create(owner), await create(owner)];
    const at = new Date(Date.now() + 60 * SECOND);
    for (const { secret } of keys) {
      for (let i = 0; i < 50; i += 1) await use(secret);
      await use(secret, null, { now: () => at });
    }
    const before = await listKeys(db(), { principal: owner, input: { limit: 2 } });
    expect(before.data.map((key) => key.last_used_at)).toEqual([null, null]);
    await flushLastUsed(db());
    const noted = await listKeys(db(), { principal: owner, input: { limit: 2 } });
    expect(noted.data.map((key) => key.last_used_at)).toEqual([at.toISOString(), at.toISOString()]);
  });
});
