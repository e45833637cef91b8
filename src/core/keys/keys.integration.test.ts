import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, describe, expect, it, vi } from "vitest";
import { after } from "../../../infra/testing/clock";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { loadUserPrincipal, login, registerUser, verifyAccessToken } from "../accounts";
import { listAudit, recordAuditIn } from "../audit";
import { scopeSetOfRole } from "../orgs";
import { DAY, HOUR, SECOND, startOfMonth } from "../platform/clock";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { sha256 } from "../platform/crypto/hash";
import { closeDb, db } from "../platform/db/client";
import { reachOf } from "../platform/environment";
import { fromPublicId, newId, toPublicId } from "../platform/ids";
import type { OrgRole, Principal, UserPrincipal } from "../platform/principal";
import {
  createdKeyViewSchema,
  createKey,
  createKeyInputSchema,
  flushLastUsed,
  getKey,
  keyListViewSchema,
  listKeys,
  revokeKey,
  rotateKey,
  updateKey,
  updateKeyInputSchema,
  verifyApiKey,
} from ".";
import { generateKeySecret } from "./verify/key-secret";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await flushLastUsed(db());
  await closeDb();
});

async function member({ verified = true, role = "owner" as OrgRole } = {}): Promise<UserPrincipal> {
  return principalOf((await makeUser({ verified, role })).claims);
}

const create = (principal: UserPrincipal, changes: Record<string, unknown> = {}) =>
  createKey(db(), {
    principal,
    input: createKeyInputSchema.parse({ name: "CI", environment: "live", ...changes }),
  });
const use = (secret: string, ip: string | null = "203.0.113.9", clock?: { now(): Date }) =>
  verifyApiKey(db(), secret, { ip }, clock);
const idOf = (view: { id: string }) => fromPublicId("key", view.id);
const other = (letter: string) => (letter === "A" ? "B" : "A");
/** Another member of the owner's organization, as their next call would see them. */
async function colleague(owner: UserPrincipal, role: OrgRole, more: { verified?: boolean } = {}) {
  const person = await member(more);
  const { orgId } = owner;
  await db().membership.create({ data: { orgId, userId: person.userId, role, createdAt: new Date() } });
  return { ...person, orgId, role, scopes: scopeSetOfRole(role) };
}
const invalid = { code: "invalid_api_key", status: 401 };

describe("creating a key", () => {
  it("shows the secret once; it works and its hash alone is stored", async () => {
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
    expect(Buffer.from(row.secretHash)).toEqual(Buffer.from(sha256(key.secret)));
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

  it("is not for keys", async () => {
    const key = await use((await create(await member())).secret);
    const input = createKeyInputSchema.parse({ name: "more", environment: "test" });
    await expect(createKey(db(), { principal: key, input })).rejects.toMatchObject({
      code: "insufficient_scope",
    });
  });

  it("gives test keys alone until the address is confirmed", async () => {
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
  it("refuses what is forged, mistyped or of nobody", async () => {
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

  it("asks the database nothing for a secret whose checksum is wrong, and once for a whole one of nobody", async () => {
    const { secret } = await create(await member());
    await flushLastUsed(db());
    const queries = vi.spyOn(pg.Client.prototype, "query");
    const costOf = async (forgery: string) => {
      queries.mockClear();
      await expect(use(forgery)).rejects.toMatchObject(invalid);
      return queries.mock.calls.length;
    };
    try {
      // What shows that queries are counted at all.
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

  it("says which when a key was revoked or has expired", async () => {
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

  it("is refused within five seconds of a revocation by another process", { timeout: 20_000 }, async () => {
    const key = await create(await member());
    await use(key.secret);
    await db().apiKey.update({ where: { id: idOf(key) }, data: { revokedAt: new Date() } });
    const revokedAt = performance.now();
    for (;;) {
      const refusal = await use(key.secret).then(
        () => null,
        (error: unknown) => error,
      );
      if (refusal !== null) {
        expect(refusal).toMatchObject({ code: "api_key_revoked" });
        break;
      }
      await new Promise((done) => setTimeout(done, 100));
    }
    expect(performance.now() - revokedAt).toBeLessThan(5_200);
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

  it("is noted in batches, and the latest use wins", async () => {
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

describe("listing keys", () => {
  it("pages newest first without gaps or repeats, ended keys included", async () => {
    const owner = await member();
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push(await create(owner, { name: `key ${i}` }));
    await revokeKey(db(), { principal: owner, input: { id: idOf(made[2] ?? { id: "" }) } });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listKeys(db(), {
        principal: owner,
        input: { limit: 2, ...(cursor ? { cursor } : {}) },
      });
      expect(keyListViewSchema.parse(page)).toEqual(page);
      names.push(...page.data.map(({ name, status }) => `${name} ${status}`));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(["key 4 active", "key 3 active", "key 2 revoked", "key 1 active", "key 0 active"]);
    await expect(
      listKeys(db(), { principal: owner, input: { limit: 2, cursor: "nonsense" } }),
    ).rejects.toMatchObject({ code: "invalid_cursor", param: "cursor" });
  });
});

describe("rotating a key", () => {
  const rotate = (principal: UserPrincipal, id: string, grace: "now" | "1h" | "24h" | "7d" = "now") =>
    rotateKey(db(), { principal, input: { id, grace } });

  it("hands everything but the secret to a linked successor and lets the old one live for its grace", async () => {
    const owner = await member();
    const expires_at = new Date(Date.now() + 30 * DAY).toISOString();
    const old = await create(owner, {
      scopes: ["inference:write"],
      models: ["gpt-4o"],
      ip_allowlist: ["203.0.113.0/24"],
      rpm_limit: 3,
      expires_at,
    });
    const successor = await rotate(owner, idOf(old), "24h");
    const { name, environment, scopes, models, ip_allowlist, rpm_limit } = old;
    expect(successor).toMatchObject({
      name,
      environment,
      scopes,
      models,
      ip_allowlist,
      rpm_limit,
      expires_at,
    });
    expect(successor).toMatchObject({ status: "active", predecessor_id: old.id, successor_id: null });
    const [, shown] = (await listKeys(db(), { principal: owner, input: { limit: 2 } })).data;
    expect(shown).toMatchObject({ id: old.id, status: "rotating", successor_id: successor.id });
    expect(await use(old.secret)).toMatchObject({ apiKeyId: idOf(old) });
    expect(await use(successor.secret)).toMatchObject({ apiKeyId: idOf(successor) });
    await expect(use(old.secret, "203.0.113.9", after(DAY + SECOND))).rejects.toMatchObject({
      code: "api_key_revoked",
      public: expect.stringContaining(successor.id),
    });
    expect(await use(successor.secret, "203.0.113.9", after(DAY + SECOND))).toBeTruthy();
  });

  it("without grace ends the old secret at once", async () => {
    const owner = await member();
    const old = await create(owner);
    await use(old.secret);
    await rotate(owner, idOf(old));
    await expect(use(old.secret)).rejects.toMatchObject({ code: "api_key_revoked" });
  });

  it("many times at once makes one successor", async () => {
    const owner = await member();
    const old = await create(owner);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => rotate(owner, idOf(old), "1h")),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ code: "conflict", status: 409 });
    }
    expect(await db().apiKey.count({ where: { orgId: owner.orgId } })).toBe(2);
  });

  it("is refused for a key that has ended, and for one that may do more than the person", async () => {
    const owner = await member();
    const ended = await create(owner);
    await revokeKey(db(), { principal: owner, input: { id: idOf(ended) } });
    await expect(rotate(owner, idOf(ended))).rejects.toMatchObject({ code: "conflict" });
    const broad = await create(owner, { scopes: ["billing:read"] });
    await db().membership.update({
      where: { orgId_userId: { orgId: owner.orgId, userId: owner.userId } },
      data: { role: "developer" },
    });
    const developer: UserPrincipal = { ...owner, role: "developer", scopes: new Set(["keys:write"]) };
    await expect(rotate(developer, idOf(broad))).rejects.toMatchObject({ code: "insufficient_scope" });
  });
});

describe("changing a key", () => {
  const update = (principal: UserPrincipal, key: { id: string }, changes: Record<string, unknown>) =>
    updateKey(db(), { principal, input: updateKeyInputSchema.parse({ id: key.id, ...changes }) });
  const entries = (id: string) =>
    db().auditLog.findMany({ where: { targetId: id, action: "key.updated" }, orderBy: { sequence: "asc" } });

  it("holds from the next use on and is written down: from what to what, without names and addresses", async () => {
    const owner = await member();
    const key = await create(owner, { rpm_limit: 60, models: ["gpt-4o"] });
    expect(await use(key.secret)).toMatchObject({ rpmLimit: 60, models: ["gpt-4o"] });
    const changed = await update(owner, key, {
      name: "Night shift",
      rpm_limit: 5,
      models: null,
      ip_allowlist: ["198.51.100.0/24"],
      monthly_cap_micros: 25_000_000,
    });
    expect(changed).toMatchObject({ name: "Night shift", monthly_cap_micros: 25_000_000, models: [] });
    expect(await use(key.secret, "198.51.100.7")).toMatchObject({ rpmLimit: 5, models: [] });
    await expect(use(key.secret, "203.0.113.9")).rejects.toMatchObject({ code: "ip_not_allowed" });
    const [entry, ...more] = await entries(idOf(key));
    expect(more).toEqual([]);
    expect(entry?.details).toEqual({
      changed: "name models ip_ranges rpm_limit monthly_cap_micros",
      models_before: 1,
      models: 0,
      ip_ranges_before: 0,
      ip_ranges: 1,
      rpm_limit_before: 60,
      rpm_limit: 5,
      monthly_cap_micros_before: null,
      monthly_cap_micros: 25_000_000,
    });
  });

  it("to what it is already changes nothing and leaves no trace", async () => {
    const owner = await member();
    const expires_at = new Date(Date.now() + DAY).toISOString();
    const key = await create(owner, { rpm_limit: 60, models: ["gpt-4o", "gpt-4"], expires_at });
    const { secret: _secret, ...shown } = key;
    const same = { name: key.name, models: ["gpt-4", "gpt-4o"], rpm_limit: 60, expires_at };
    expect(await update(owner, key, same)).toEqual(shown);
    expect(await update(owner, key, {})).toEqual(shown);
    expect(await entries(idOf(key))).toEqual([]);
  });

  it("lets an expired key work again, if there is room for it", async () => {
    const owner = await member();
    const key = await create(owner, { expires_at: new Date(Date.now() + HOUR).toISOString() });
    const later = after(2 * HOUR);
    await expect(use(key.secret, null, later)).rejects.toMatchObject({ code: "api_key_expired" });
    const revived = await updateKey(
      db(),
      { principal: owner, input: updateKeyInputSchema.parse({ id: key.id, expires_at: null }) },
      later,
    );
    expect(revived).toMatchObject({ status: "active", expires_at: null });
    expect(await use(key.secret, null, later)).toMatchObject({ apiKeyId: idOf(key) });
  });

  it("is refused after it was revoked or rotated, to other roles, to keys and to other tenants", async () => {
    const [owner, viewer, stranger] = [await member(), await member({ role: "viewer" }), await member()];
    const key = await create(owner);
    const rename = { name: "y" };
    await expect(update(stranger, key, rename)).rejects.toMatchObject({ code: "not_found" });
    await expect(update(viewer, key, rename)).rejects.toMatchObject({ code: "insufficient_role" });
    const asKey = await use(key.secret);
    const input = updateKeyInputSchema.parse({ id: key.id, ...rename });
    await expect(updateKey(db(), { principal: asKey, input })).rejects.toMatchObject({
      code: "insufficient_scope",
    });
    const successor = await rotateKey(db(), { principal: owner, input: { id: idOf(key), grace: "1h" } });
    await expect(update(owner, key, rename)).rejects.toMatchObject({
      code: "conflict",
      public: expect.stringContaining(successor.id),
    });
    await revokeKey(db(), { principal: owner, input: { id: idOf(successor) } });
    await expect(update(owner, successor, rename)).rejects.toMatchObject({ code: "conflict" });
  });

  it("and rotating it at the same moment happen one after the other: the successor has what was changed, or nothing was", async () => {
    const owner = await member();
    const key = await create(owner, { rpm_limit: 60 });
    const [updated, rotated] = await Promise.allSettled([
      update(owner, key, { rpm_limit: 5 }),
      rotateKey(db(), { principal: owner, input: { id: idOf(key), grace: "now" } }),
    ]);
    if (rotated.status === "rejected") throw rotated.reason;
    expect(rotated.value.rpm_limit).toBe(updated.status === "fulfilled" ? 5 : 60);
  });
});

describe("the rule of who may do what to a key", () => {
  const update = (principal: UserPrincipal, key: { id: string }, changes: Record<string, unknown>) =>
    updateKey(db(), { principal, input: updateKeyInputSchema.parse({ id: key.id, ...changes }) });
  const rotate = (principal: UserPrincipal, key: { id: string }) =>
    rotateKey(db(), { principal, input: { id: idOf(key), grace: "now" } });
  const revoke = (principal: UserPrincipal, key: { id: string }) =>
    revokeKey(db(), { principal, input: { id: idOf(key) } });
  const rowOf = (key: { id: string }) => db().apiKey.findUniqueOrThrow({ where: { id: idOf(key) } });

  it("keeps everyone's hands off a key that may do more than their own role, whatever they would do to it", async () => {
    const owner = await member();
    const developer = await colleague(owner, "developer");
    const key = await create(owner, { scopes: ["inference:read", "audit:read"], rpm_limit: 60 });
    const before = await rowOf(key);
    for (const changes of [
      { name: "Mine" },
      { rpm_limit: 1 },
      { rpm_limit: null },
      { monthly_cap_micros: 10_000 },
      { models: ["gpt-4o"] },
      { ip_allowlist: ["203.0.113.9"] },
      { expires_at: new Date(Date.now() + HOUR).toISOString() },
      {},
    ]) {
      await expect(update(developer, key, changes)).rejects.toMatchObject({ code: "insufficient_scope" });
    }
    await expect(rotate(developer, key)).rejects.toMatchObject({ code: "insufficient_scope" });
    await expect(revoke(developer, key)).rejects.toMatchObject({ code: "insufficient_scope" });
    expect(await rowOf(key)).toEqual(before);
    const admin = await colleague(owner, "admin");
    expect(await update(admin, key, { rpm_limit: null })).toMatchObject({ rpm_limit: null });
  });

  it("lets only those who manage members widen a key that somebody else made; narrowing it is open to its equals", async () => {
    const owner = await member();
    const [creator, peer, admin] = [
      await colleague(owner, "developer"),
      await colleague(owner, "developer"),
      await colleague(owner, "admin"),
    ];
    const soon = new Date(Date.now() + DAY).toISOString();
    const bounds = {
      rpm_limit: 60,
      monthly_cap_micros: 20_000,
      models: ["gpt-4o"],
      ip_allowlist: ["10.0.0.0/8"],
      expires_at: soon,
    };
    const key = await create(creator, bounds);
    for (const wider of [
      { rpm_limit: 61 },
      { rpm_limit: null },
      { monthly_cap_micros: 30_000 },
      { monthly_cap_micros: null },
      { models: ["gpt-4o", "gpt-4"] },
      { models: null },
      { ip_allowlist: ["10.0.0.0/8", "203.0.113.0/24"] },
      { ip_allowlist: null },
      { expires_at: new Date(Date.now() + 2 * DAY).toISOString() },
      { expires_at: null },
      { name: "Narrow in one, wide in another", rpm_limit: 1, expires_at: null },
    ]) {
      await expect(update(peer, key, wider), JSON.stringify(wider)).rejects.toMatchObject({
        code: "insufficient_role",
      });
      expect(await update(creator, key, wider)).toMatchObject({ status: "active" });
      expect(await update(admin, key, bounds)).toMatchObject(bounds);
      expect(await update(admin, key, wider)).toMatchObject({ status: "active" });
      await update(creator, key, bounds);
    }
    for (const narrower of [
      { rpm_limit: 59 },
      { monthly_cap_micros: 10_000 },
      { ip_allowlist: ["10.1.0.0/16"] },
      { expires_at: new Date(Date.now() + HOUR).toISOString() },
    ]) {
      expect(await update(peer, key, narrower)).toMatchObject({ status: "active" });
    }
    expect(await revoke(peer, key)).toMatchObject({ status: "revoked" });
  });

  it("hands no live key to whoever has not confirmed their address, by making, rotating or widening one", async () => {
    const owner = await member();
    const newcomer = await colleague(owner, "developer", { verified: false });
    const [live, test] = [
      await create(owner, { rpm_limit: 60 }),
      await create(owner, { environment: "test", rpm_limit: 60 }),
    ];
    const refused = { code: "email_not_verified", status: 403 };
    await expect(create(newcomer)).rejects.toMatchObject(refused);
    await expect(rotate(newcomer, live)).rejects.toMatchObject(refused);
    const admin = await colleague(owner, "admin", { verified: false });
    await expect(update(admin, live, { rpm_limit: null })).rejects.toMatchObject(refused);
    expect(await update(admin, live, { rpm_limit: 5 })).toMatchObject({ rpm_limit: 5 });
    expect(await rotate(newcomer, test)).toMatchObject({ status: "active" });
    expect(await revoke(newcomer, live)).toMatchObject({ status: "revoked" });
  });
});

describe("what a key has spent", () => {
  const spend = (key: { id: string }, orgId: string, month: Date, micros: bigint) =>
    db().keySpend.create({
      data: { keyId: idOf(key), orgId, month, spentMicros: micros, updatedAt: new Date() },
    });

  it("is this month's alone, shown by every view, and goes over to the successor with the cap", async () => {
    const owner = await member();
    const [key, other] = [await create(owner, { monthly_cap_micros: 9_000_000 }), await create(owner)];
    const month = startOfMonth(new Date());
    await spend(key, owner.orgId, month, 1_234_567n);
    await spend(other, owner.orgId, new Date(Date.UTC(2020, 0, 1)), 5n);
    const list = await listKeys(db(), { principal: owner, input: { limit: 5 } });
    expect(list.data.map(({ spent_this_month_micros }) => spent_this_month_micros)).toEqual([0, 1_234_567]);
    const next = await rotateKey(db(), { principal: owner, input: { id: idOf(key), grace: "1h" } });
    expect(next).toMatchObject({ monthly_cap_micros: 9_000_000, spent_this_month_micros: 1_234_567 });
    expect(await getKey(db(), { principal: owner, input: { id: idOf(next) } })).toMatchObject({
      spent_this_month_micros: 1_234_567,
    });
  });
});

describe("a key created from a new device or network", () => {
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
  const home = { ip: "203.0.113.7", userAgent: firefox };
  const elsewhere = { ip: "198.51.100.4", userAgent: firefox };
  const subject = "An API key was created from a new device or network";

  /** Registered and signed in at home. */
  async function resident(): Promise<{ email: string; principal: UserPrincipal }> {
    const email = `ada.${randomUUID()}@example.com`;
    const input = { email, password: "correct horse battery staple", name: "Ada", ...home };
    const claims = await verifyAccessToken((await registerUser(db(), input)).access_token);
    const principal = await loadUserPrincipal(db(), { kind: "jwt", ...claims });
    if (principal === null) throw new Error("the person just registered is not signed in");
    return { email, principal };
  }
  const make = (
    principal: UserPrincipal,
    caller: { ip: string | null; userAgent?: string },
    clock?: { now(): Date },
  ) =>
    createKey(
      db(),
      { principal, input: createKeyInputSchema.parse({ name: "CI", environment: "test" }), caller },
      clock,
    );
  const told = async (email: string) => {
    await drainAfterResponse();
    return stack.mailbox.messagesTo(email).filter((mail) => mail.subject === subject);
  };

  it("is told to its creator once, with the address, and to the owners without; muting changes nothing", async () => {
    const [owner, creator] = [await resident(), await resident()];
    const { orgId } = owner.principal;
    const { userId } = creator.principal;
    await db().membership.create({ data: { orgId, userId, role: "developer", createdAt: new Date() } });
    await db().user.update({ where: { id: userId }, data: { mutedMails: ["usage", "receipts", "product"] } });
    const acting: UserPrincipal = { ...creator.principal, orgId, role: "developer" };

    const key = await make(acting, elsewhere);
    await make(acting, elsewhere);
    const [mine, ...more] = await told(creator.email);
    expect(more).toEqual([]);
    expect(mine?.text).toContain(`${key.prefix}…${key.last_four}`);
    expect(mine?.text).toContain("Firefox on Linux");
    expect(mine?.text).toContain(elsewhere.ip);
    expect(mine?.text).toContain(`/keys/${key.id}`);
    const [theirs, ...others] = await told(owner.email);
    expect(others).toEqual([]);
    expect(theirs?.text).toContain(creator.email);
    expect(theirs?.text).not.toContain(elsewhere.ip);
    for (const mail of [mine, theirs]) {
      expect(`${mail?.text}${mail?.html}`).not.toContain(key.secret);
      expect(mail?.text).not.toContain("CI");
    }
  });

  it("is a matter of address and device together: where one registered is familiar, the rest is not", async () => {
    const { email, principal } = await resident();
    await make(principal, home);
    expect(await told(email)).toHaveLength(0);
    await make(principal, { ...home, userAgent: "curl/8.14.1" });
    expect(await told(email)).toHaveLength(1);
    await make(principal, elsewhere);
    expect(await told(email)).toHaveLength(2);
    await make(principal, { ...elsewhere, ip: "2001:db8:1:2::7" });
    await make(principal, { ...elsewhere, ip: "2001:db8:1:2:ffff::9" });
    expect(await told(email)).toHaveLength(3);
  });

  it("is not made familiar by signing in twice, only by a day; and is forgotten after ninety", async () => {
    const { email, principal } = await resident();
    const input = { email, password: "correct horse battery staple", ...elsewhere };
    await login(db(), input);
    await login(db(), input);
    const rotated = await make(principal, home);
    await rotateKey(db(), {
      principal,
      input: { id: idOf(rotated), grace: "now" },
      caller: elsewhere,
    });
    expect(await told(email)).toHaveLength(1);

    const other = await resident();
    await login(db(), { ...input, email: other.email });
    await make(other.principal, elsewhere, after(DAY + SECOND));
    expect(await told(other.email)).toHaveLength(0);
    await make(other.principal, elsewhere, after(91 * DAY));
    expect(await told(other.email)).toHaveLength(1);
  });

  it("is told once when many are made at the same moment", async () => {
    const { email, principal } = await resident();
    await Promise.all(Array.from({ length: 5 }, () => make(principal, elsewhere)));
    expect(await told(email)).toHaveLength(1);
  });
});

describe("a key that reads keys", () => {
  it("sees those of its own environment, and of the other one nothing that would tell it from one that never was", async () => {
    const owner = await member();
    const scopes = ["keys:read"];
    const [live, test] = [
      await create(owner, { scopes }),
      await create(owner, { scopes, environment: "test" }),
    ];
    const seen = async (secret: string) =>
      (await listKeys(db(), { principal: await use(secret), input: { limit: 100 } })).data.map(
        ({ id }) => id,
      );
    expect(await seen(live.secret)).toEqual([live.id]);
    expect(await seen(test.secret)).toEqual([test.id]);
    for (const [reader, foreign] of [
      [live, test],
      [test, live],
    ] as const) {
      const principal = await use(reader.secret);
      expect(await getKey(db(), { principal, input: { id: idOf(reader) } })).toMatchObject({ id: reader.id });
      const look = (id: string) =>
        getKey(db(), { principal, input: { id } }).catch((error: unknown) => error);
      expect(await look(idOf(foreign))).toMatchObject({ code: "not_found", status: 404 });
      expect(await look(idOf(foreign))).toEqual(await look(newId()));
    }
    const all = await listKeys(db(), { principal: owner, input: { limit: 100 } });
    expect(all.data.map(({ id }) => id)).toEqual([test.id, live.id]);
  });

  it("reads in the audit log what concerns its own environment", async () => {
    const owner = await member();
    const scopes = ["audit:read"];
    const [live, test] = [
      await create(owner, { scopes }),
      await create(owner, { scopes, environment: "test" }),
    ];
    const request = { type: "inference", id: newId() } as const;
    await db().$transaction((tx) =>
      recordAuditIn(
        tx,
        ...[live, test].map((key) => ({
          orgId: owner.orgId,
          actor: { type: "key" as const, id: idOf(key) },
          action: "data.result_read" as const,
          target: request,
        })),
        {
          orgId: owner.orgId,
          actor: { type: "user", id: owner.userId },
          action: "data.request_read",
          target: request,
        },
      ),
    );
    const entries = async (principal: Principal) =>
      (await listAudit(db(), { ...reachOf(principal), limit: 100, requests: true })).data
        .filter(({ target }) => target !== null)
        .map(({ action, actor, target }) => `${action} ${actor.id} ${target?.id}`);
    const inf = toPublicId("inf", request.id);
    const usr = toPublicId("usr", owner.userId);
    for (const key of [live, test]) {
      const own = await entries(await use(key.secret));
      expect(own).toContain(`data.result_read ${key.id} ${inf}`);
      expect(own).toContain(`key.created ${usr} ${key.id}`);
      expect(own.join()).not.toContain(key === live ? test.id : live.id);
      expect(own).not.toContain(`data.request_read ${usr} ${inf}`);
    }
    expect(await entries(owner)).toHaveLength((await entries(await use(live.secret))).length + 3);
  });
});

describe("another tenant", () => {
  it("sees, rotates and revokes nothing of this one", async () => {
    const [owner, stranger] = [await member(), await member()];
    const key = await create(owner);
    const id = idOf(key);
    const missing = { code: "not_found", status: 404 };
    expect((await listKeys(db(), { principal: stranger, input: { limit: 100 } })).data).toEqual([]);
    await expect(revokeKey(db(), { principal: stranger, input: { id } })).rejects.toMatchObject(missing);
    await expect(rotateKey(db(), { principal: stranger, input: { id, grace: "now" } })).rejects.toMatchObject(
      missing,
    );
    await create(owner);
    const { next_cursor } = await listKeys(db(), { principal: owner, input: { limit: 1 } });
    await expect(
      listKeys(db(), { principal: stranger, input: { limit: 100, cursor: next_cursor ?? "" } }),
    ).rejects.toMatchObject({ code: "invalid_cursor", param: "cursor" });
    expect(await use(key.secret)).toMatchObject({ orgId: owner.orgId });
  });

  it("revoking twice is the same as once", async () => {
    const owner = await member();
    const id = idOf(await create(owner));
    const first = await revokeKey(db(), { principal: owner, input: { id } });
    expect(await revokeKey(db(), { principal: owner, input: { id } }, after(HOUR))).toEqual(first);
  });
});
